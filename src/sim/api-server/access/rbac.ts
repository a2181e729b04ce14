import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { ApiServer } from '../api-server.ts'
import type { AccessAttributes, Authorize } from './authorize.ts'
import { groupsOf } from './subjects.ts'

/** Judges by the roles and bindings that the server itself stores. `server` is asked on each request: bind it late. */
export function rbacAuthorizer(server: () => Pick<ApiServer, 'stored'>): Authorize {
  return (user, access) => {
    if (groupsOf(user).includes('system:masters')) return { allowed: true }
    const rules = rulesFor(server(), user, 'verb' in access && 'namespace' in access ? access.namespace : '')
    const allowed = rules.some((rule) =>
      'nonResourcePath' in access ? coversPath(rule, access) : coversResource(rule, access),
    )
    return allowed ? { allowed } : { allowed, reason: '' }
  }
}

/** What every cluster grants to everybody who is somebody: to look around, and to ask what they may do. */
const basicRules: readonly JsonObject[] = [
  {
    verbs: ['get'],
    nonResourceURLs: ['/', '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', '/version', '/version/'],
  },
  { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz'] },
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
]

/** The rules that bind a user: those of the cluster, and those of one namespace. */
function rulesFor(server: Pick<ApiServer, 'stored'>, user: string, namespace: string): readonly JsonObject[] {
  const group = 'rbac.authorization.k8s.io'
  const clusterRole = (name: string): readonly JsonObject[] =>
    server.stored(`clusterroles.${group}`, '').filter((role) => textAt(role, 'metadata', 'name') === name)
  const everywhere = server.stored(`clusterrolebindings.${group}`, '').filter((binding) => binds(binding, user))
  const here =
    namespace === '' ? [] : server.stored(`rolebindings.${group}`, namespace).filter((binding) => binds(binding, user))
  const roles = [...everywhere, ...here].flatMap((binding) => {
    const name = textAt(binding, 'roleRef', 'name') ?? ''
    if (textAt(binding, 'roleRef', 'kind') === 'ClusterRole') return clusterRole(name)
    return server.stored(`roles.${group}`, namespace).filter((role) => textAt(role, 'metadata', 'name') === name)
  })
  return [...basicRules, ...roles.flatMap((role) => listAt(role, 'rules').filter(isObject))]
}

function binds(binding: JsonObject, user: string): boolean {
  return listAt(binding, 'subjects').some((subject) => {
    const name = textAt(subject, 'name') ?? ''
    const kind = textAt(subject, 'kind')
    if (kind === 'User') return name === user
    if (kind === 'Group') return groupsOf(user).includes(name)
    return user === `system:serviceaccount:${textAt(subject, 'namespace') ?? ''}:${name}`
  })
}

const has = (rule: JsonObject, member: string, ...wanted: readonly string[]): boolean =>
  listAt(rule, member).some((value) => value === '*' || wanted.some((each) => each === value))

function coversResource(rule: JsonObject, { verb, group, resource, subresource, name }: AccessAttributes): boolean {
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  const names = listAt(rule, 'resourceNames')
  return (
    has(rule, 'verbs', verb) &&
    has(rule, 'apiGroups', group) &&
    has(rule, 'resources', full, ...(subresource === '' ? [] : [`*/${subresource}`])) &&
    (names.length === 0 || names.includes(name))
  )
}

function coversPath(
  rule: JsonObject,
  { verb, nonResourcePath }: { readonly verb: string; readonly nonResourcePath: string },
): boolean {
  const covered = listAt(rule, 'nonResourceURLs')
    .map(String)
    .some((url) => url === nonResourcePath || (url.endsWith('*') && nonResourcePath.startsWith(url.slice(0, -1))))
  return covered && has(rule, 'verbs', verb)
}
