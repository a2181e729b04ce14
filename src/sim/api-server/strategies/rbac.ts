import { isObject, type JsonObject, listAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { invalidValue, required } from '../errors/causes.ts'
import { deepEqual, objectAt, textOf } from '../objects/fields.ts'
import { plainStrategy, type Strategy } from './strategy.ts'

/** Roles: names may hold anything that fits into a path. */
export const roleStrategy: Strategy = {
  ...plainStrategy,
  nameRule: 'PathSegment',
  createOnUpdate: true,
  validate: validateRules,
  validateUpdate: validateRules,
}

function validateRules(role: JsonObject): readonly Cause[] {
  return listAt(role, 'rules').flatMap((rule, index) => {
    const field = `rules[${index}]`
    const isForPaths = listAt(rule, 'nonResourceURLs').length > 0
    return [
      ...(listAt(rule, 'verbs').length === 0
        ? [required(`${field}.verbs`, 'verbs must contain at least one value')]
        : []),
      ...(isForPaths || listAt(rule, 'apiGroups').length > 0
        ? []
        : [required(`${field}.apiGroups`, 'resource rules must supply at least one api group')]),
      ...(isForPaths || listAt(rule, 'resources').length > 0
        ? []
        : [required(`${field}.resources`, 'resource rules must supply at least one resource')]),
    ]
  })
}

const rbacGroup = 'rbac.authorization.k8s.io'

export const bindingStrategy: Strategy = {
  ...roleStrategy,
  defaults: (object) => ({
    ...object,
    ...(object['subjects'] === undefined ? {} : { subjects: listAt(object, 'subjects').filter(isObject).map(inGroup) }),
    roleRef: withGroup(objectAt(object, 'roleRef'), rbacGroup),
  }),
  validate: () => [],
  validateUpdate: (object, old) =>
    deepEqual(object['roleRef'], old['roleRef'])
      ? []
      : [invalidValue('roleRef', goReference(objectAt(object, 'roleRef')), 'cannot change roleRef')],
}

const inGroup = (subject: JsonObject): JsonObject =>
  subject['kind'] === 'ServiceAccount' ? subject : withGroup(subject, rbacGroup)

const withGroup = (reference: JsonObject, group: string): JsonObject =>
  textOf(reference['apiGroup']) === '' ? { ...reference, apiGroup: group } : reference

/** As Go names the members of its internal type in the error text. */
const goReference = ({ apiGroup, kind, name }: JsonObject): JsonObject => ({
  APIGroup: apiGroup,
  Kind: kind,
  Name: name,
})
