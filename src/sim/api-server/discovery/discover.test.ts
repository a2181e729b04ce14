import { expect, test } from 'vitest'
import { at, listAt, textAt } from '../../../kernel/json.ts'
import { discover } from './discover.ts'
import type { DiscoveredResource } from './discovered-resource.ts'

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
const resource = (more: Partial<DiscoveredResource>): DiscoveredResource => ({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  categories: [],
  namespaced: false,
  verbs,
  subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'] }],
  ...more,
})

const resources: readonly DiscoveredResource[] = [
  resource({}),
  resource({
    kind: 'Pod',
    plural: 'pods',
    singular: 'pod',
    shortNames: ['po'],
    namespaced: true,
    subresources: [{ name: 'eviction', verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' }],
  }),
  resource({
    group: 'prunella.dev',
    version: 'v1alpha1',
    kind: 'NodeHealth',
    plural: 'nodehealths',
    singular: 'nodehealth',
    shortNames: ['nh'],
    categories: ['prunella'],
    subresources: [],
    schema: { type: 'object', description: 'What is believed.', properties: { spec: { type: 'object' } } },
  }),
]

const ask = (path: string, accept?: string) => discover({ method: 'GET', path, accept }, resources)

test('groups and versions', () => {
  expect(ask('/api')?.body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
  expect(ask('/apis')?.body).toMatchObject({ kind: 'APIGroupList', groups: [{ name: 'prunella.dev' }] })
  expect(ask('/apis/prunella.dev')?.body).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'prunella.dev/v1alpha1', version: 'v1alpha1' },
  })
})

test('resources with short names, categories and subresources of another kind', () => {
  const core = ask('/api/v1')?.body
  expect(listAt(core, 'resources').map((one) => textAt(one, 'name'))).toEqual([
    'nodes',
    'nodes/status',
    'pods',
    'pods/eviction',
  ])
  expect(at(core, 'resources', 3)).toMatchObject({ kind: 'Eviction', group: 'policy', version: 'v1', namespaced: true })
  const ours = ask('/apis/prunella.dev/v1alpha1')?.body
  expect(at(ours, 'resources', 0)).toMatchObject({ shortNames: ['nh'], categories: ['prunella'], namespaced: false })
})

test('the same in one answer, for clients that ask for it', () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
  const answer = ask('/apis', accept)
  expect(answer?.headers['content-type']).toBe(accept.split(',')[0])
  expect(at(answer?.body, 'items', 0, 'metadata', 'name')).toBe('prunella.dev')
  expect(at(answer?.body, 'items', 0, 'versions', 0, 'resources', 0)).toMatchObject({
    resource: 'nodehealths',
    scope: 'Cluster',
  })
  expect(at(ask('/api', accept)?.body, 'items', 0, 'versions', 0, 'resources', 1, 'subresources', 0)).toMatchObject({
    subresource: 'eviction',
    responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
  })
})

test('OpenAPI: kubectl finds the kind, its schema and the parameters of a patch', () => {
  const index = ask('/openapi/v3')?.body
  const path = textAt(index, 'paths', 'apis/prunella.dev/v1alpha1', 'serverRelativeURL') ?? ''
  expect(path).toMatch(/^\/openapi\/v3\/apis\/prunella\.dev\/v1alpha1\?hash=\w+$/)
  const document = ask(path.replace(/\?.*/, ''))?.body
  const gvk = { group: 'prunella.dev', kind: 'NodeHealth', version: 'v1alpha1' }
  const item = at(document, 'paths', '/apis/prunella.dev/v1alpha1/nodehealths/{name}')
  expect(at(item, 'get', 'x-kubernetes-group-version-kind')).toEqual(gvk)
  expect(listAt(item, 'patch', 'parameters').map((one) => textAt(one, 'name'))).toContain('fieldValidation')
  expect(at(document, 'components', 'schemas', 'dev.prunella.v1alpha1.NodeHealth')).toMatchObject({
    description: 'What is believed.',
    'x-kubernetes-group-version-kind': [gvk],
    properties: { spec: { type: 'object' } },
  })
  expect(at(ask('/openapi/v3/api/v1')?.body, 'paths', '/api/v1/namespaces/{namespace}/pods')).toBeDefined()
})

test('OpenAPI of built-in kinds leads from field to field', () => {
  const schemas = at(ask('/openapi/v3/api/v1')?.body, 'components', 'schemas')
  const spec = at(schemas, 'io.k8s.api.core.v1.Node', 'properties', 'spec', 'allOf', 0)
  expect(spec).toEqual({ $ref: '#/components/schemas/io.k8s.api.core.v1.NodeSpec' })
  expect(at(schemas, 'io.k8s.api.core.v1.NodeSpec', 'properties', 'unschedulable')).toEqual({ type: 'boolean' })
})

test.each([
  ['/livez', 200, 'ok'],
  ['/readyz/ping', 200, 'ok'],
  ['/healthz', 200, 'ok'],
  ['/apis/nope', 404, '404 page not found\n'],
  ['/openapi/v3/apis/nope/v1', 404, '404 page not found\n'],
])('%s answers %i in plain text', (path, status, body) => {
  expect(ask(path)).toMatchObject({ status, body, headers: { 'content-type': 'text/plain; charset=utf-8' } })
})

test('what is not served, not allowed or not acceptable says so', () => {
  expect(ask('/apis/prunella.dev/v9')).toMatchObject({ status: 404, body: { kind: 'Status', reason: 'NotFound' } })
  expect(discover({ method: 'POST', path: '/apis', accept: undefined }, resources)?.status).toBe(405)
  expect(ask('/apis', 'application/vnd.kubernetes.protobuf')?.status).toBe(406)
  expect(ask('/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf')?.status).toBe(406)
})

test('paths of resources are left to others', () => {
  expect(ask('/api/v1/nodes')).toBeUndefined()
  expect(ask('/apis/prunella.dev/v1alpha1/nodehealths/n')).toBeUndefined()
  expect(ask('/nope')).toBeUndefined()
})
