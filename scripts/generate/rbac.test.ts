import { describe, expect, test } from 'vitest'
import { at, type JsonObject, listAt, textAt } from '../../src/kernel/json.ts'
import { install, installObserve } from './install.ts'
import { userRbac } from './rbac.ts'

type Request = readonly [verb: string, group: string, resource: string, namespace?: string, name?: string]

/** What RBAC grants by these manifests to whom the bindings name. */
function may(manifests: readonly JsonObject[], [verb, group, resource, namespace, name = 'any']: Request): boolean {
  const roles = manifests.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
  return roles
    .filter(
      (role) => isBound(manifests, role) && [undefined, namespace].includes(textAt(role, 'metadata', 'namespace')),
    )
    .flatMap((role) => listAt(role, 'rules'))
    .some((rule) => {
      const names = listAt(rule, 'resourceNames')
      return (
        listAt(rule, 'verbs').includes(verb) &&
        listAt(rule, 'apiGroups').includes(group) &&
        listAt(rule, 'resources').includes(resource) &&
        (names.length === 0 || names.includes(name))
      )
    })
}

const isBound = (manifests: readonly JsonObject[], role: JsonObject): boolean =>
  manifests.some(
    (binding) =>
      at(binding, 'roleRef', 'kind') === role['kind'] &&
      textAt(binding, 'roleRef', 'name') === textAt(role, 'metadata', 'name') &&
      textAt(binding, 'metadata', 'namespace') === textAt(role, 'metadata', 'namespace') &&
      textAt(binding, 'subjects', 0, 'name') === 'prunella',
  )

const own = 'prunella-system'

const always: readonly Request[] = [
  ['watch', '', 'nodes'],
  ['list', '', 'pods'],
  ['list', 'policy', 'poddisruptionbudgets'],
  ['watch', 'coordination.k8s.io', 'leases', 'kube-node-lease'],
  ['create', 'coordination.k8s.io', 'leases', own],
  ['patch', 'coordination.k8s.io', 'leases', own, 'prunella'],
  ['create', 'events.k8s.io', 'events'],
  ['patch', 'prunella.dev', 'disruptionledgers'],
  ['patch', 'prunella.dev', 'noderemediations/status'],
]

const acting: readonly Request[] = [
  ['patch', '', 'nodes'],
  ['create', '', 'pods/eviction'],
  ['delete', 'karpenter.sh', 'nodeclaims'],
  ['create', 'batch', 'jobs', own],
  ['get', '', 'secrets', own],
]

const never: readonly Request[] = [
  ['delete', '', 'nodes'],
  ['patch', '', 'nodes/status'],
  ['get', '', 'nodes/proxy'],
  ['delete', '', 'pods'],
  ['create', '', 'pods/exec'],
  ['get', '', 'secrets', 'default'],
  ['list', '', 'secrets', own],
  ['create', 'batch', 'jobs', 'default'],
  ['patch', 'coordination.k8s.io', 'leases', own, 'another'],
  ['patch', 'coordination.k8s.io', 'leases', 'kube-node-lease'],
  ['create', 'prunella.dev', 'disruptionledgers'],
  ['delete', 'prunella.dev', 'disruptionledgers'],
  ['patch', 'prunella.dev', 'noderemediationpolicies'],
  ['create', 'prunella.dev', 'remediationpauses'],
  ['create', 'prunella.dev', 'remediationapprovals'],
  ['approve', 'prunella.dev', 'noderemediationpolicies'],
]

describe('an operator that may act', () => {
  test.each([...always, ...acting].map((request) => [request] as const))('may %j', (request) =>
    expect(may(install('i'), request)).toBe(true),
  )
  test.each(never.map((request) => [request] as const))('may not %j', (request) =>
    expect(may(install('i'), request)).toBe(false),
  )
})

describe('an operator that observes', () => {
  test.each(always.map((request) => [request] as const))('may %j', (request) =>
    expect(may(installObserve('i'), request)).toBe(true),
  )
  test.each([...acting, ...never].map((request) => [request] as const))('may not %j', (request) =>
    expect(may(installObserve('i'), request)).toBe(false),
  )

  test('writes nothing but our own group, our Lease and Events', () => {
    const rules = installObserve('i')
      .filter((manifest) => isBound(installObserve('i'), manifest))
      .flatMap((role) => listAt(role, 'rules'))
    const writing = rules.filter((rule) =>
      listAt(rule, 'verbs').some((verb) => !['get', 'list', 'watch'].includes(String(verb))),
    )
    const groups = new Set(writing.flatMap((rule) => listAt(rule, 'apiGroups')))
    expect(groups).toEqual(new Set(['coordination.k8s.io', 'events.k8s.io', 'prunella.dev']))
  })
})

test('nothing is granted by wildcard, to the operator or to people', () => {
  const rules = [...install('i'), ...userRbac()].flatMap((manifest) => listAt(manifest, 'rules'))
  expect(JSON.stringify(rules)).not.toContain('*')
})

test('roles for people are bound to nobody', () => {
  for (const role of userRbac()) expect(isBound(install('i'), role)).toBe(false)
})
