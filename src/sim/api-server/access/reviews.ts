import { isObject, type JsonObject, textAt } from '../../../kernel/json.ts'
import type { ApiResponse } from '../api-request.ts'
import { invalidValue } from '../errors/causes.ts'
import { badRequest, invalid } from '../errors/status-error.ts'
import { objectAt, textOf } from '../objects/fields.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import { apiVersionOf } from '../resources/descriptor.ts'
import { answer } from '../verbs/answer.ts'
import type { Decoded } from '../verbs/read-body.ts'
import type { AccessAttributes, Authorize } from './authorize.ts'
import { groupsOf } from './subjects.ts'

export interface ReviewRequest {
  readonly resource: ResourceDescriptor
  readonly namespace: string
  /** What the client asks. */
  readonly review: Decoded
  readonly user: string
}

/** The questions of authorization.k8s.io and authentication.k8s.io: answered, never stored. Undefined: no such question. */
export function answerReview(authorize: Authorize, request: ReviewRequest): ApiResponse | undefined {
  const { resource, user } = request
  const { object: review, warnings } = request.review
  const reply = (status: JsonObject): ApiResponse =>
    answer(
      201,
      { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata: {}, spec: objectAt(review, 'spec'), status },
      warnings,
    )
  switch (resource.kind) {
    case 'SelfSubjectAccessReview':
      return reply(accessStatus(authorize, user, request))
    case 'SubjectAccessReview':
    case 'LocalSubjectAccessReview':
      return reply(accessStatus(authorize, textAt(review, 'spec', 'user') ?? '', request))
    case 'SelfSubjectRulesReview':
      if ((textAt(review, 'spec', 'namespace') ?? '') === '') throw badRequest('no namespace on request')
      return reply({ resourceRules: [everything], nonResourceRules: [everywhere], incomplete: false })
    case 'SelfSubjectReview':
      return answer(201, {
        kind: resource.kind,
        apiVersion: apiVersionOf(resource),
        metadata: {},
        status: { userInfo: { username: user, groups: groupsOf(user) } },
      })
    case 'TokenReview':
      return reply({ authenticated: false, user: {}, error: 'this server knows no tokens' })
    default:
      return undefined
  }
}

/** The rules of the embedded administrator. */
const everything: JsonObject = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
const everywhere: JsonObject = { verbs: ['*'], nonResourceURLs: ['*'] }

function accessStatus(authorize: Authorize, user: string, { resource, review }: ReviewRequest): JsonObject {
  const spec = objectAt(review.object, 'spec')
  const { resourceAttributes: attributes, nonResourceAttributes: path } = spec
  if (isObject(attributes) === isObject(path)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    throw invalid({ group: resource.group, kind: '' }, '', [
      invalidValue('spec.resourceAttributes', attributes ?? null, why),
    ])
  }
  const asked = isObject(path)
    ? { verb: textOf(path['verb']), nonResourcePath: textOf(path['path']) }
    : attributesIn(isObject(attributes) ? attributes : {})
  const { allowed, reason = '' } = authorize(user, asked)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

const attributesIn = (given: JsonObject): AccessAttributes => ({
  verb: textOf(given['verb']),
  group: textOf(given['group']),
  resource: textOf(given['resource']),
  subresource: textOf(given['subresource']),
  namespace: textOf(given['namespace']),
  name: textOf(given['name']),
})
