import { describe, expect, test } from 'vitest'
import { at, listAt, textAt } from '../../../src/kernel/json.ts'
import { causesOf, failure } from '../answers.ts'
import type { Target } from '../target.ts'

const everyVerb = new Set(['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'])
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

/** The kinds that Prunella works with; the real server has more of them. */
const expected = [
  { path: '/api/v1', name: 'nodes', kind: 'Node', namespaced: false, shortNames: ['no'] },
  { path: '/api/v1', name: 'pods', kind: 'Pod', namespaced: true, shortNames: ['po'] },
  { path: '/api/v1', name: 'configmaps', kind: 'ConfigMap', namespaced: true, shortNames: ['cm'] },
  { path: '/api/v1', name: 'secrets', kind: 'Secret', namespaced: true },
  { path: '/api/v1', name: 'events', kind: 'Event', namespaced: true, shortNames: ['ev'] },
  { path: '/apis/events.k8s.io/v1', name: 'events', kind: 'Event', namespaced: true, shortNames: ['ev'] },
  {
    path: '/apis/policy/v1',
    name: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
    shortNames: ['pdb'],
  },
  { path: '/apis/coordination.k8s.io/v1', name: 'leases', kind: 'Lease', namespaced: true },
  { path: '/apis/apps/v1', name: 'deployments', kind: 'Deployment', namespaced: true, shortNames: ['deploy'] },
  { path: '/apis/apps/v1', name: 'replicasets', kind: 'ReplicaSet', namespaced: true, shortNames: ['rs'] },
  { path: '/apis/apps/v1', name: 'daemonsets', kind: 'DaemonSet', namespaced: true, shortNames: ['ds'] },
  { path: '/apis/batch/v1', name: 'jobs', kind: 'Job', namespaced: true },
  {
    path: '/apis/apiextensions.k8s.io/v1',
    name: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
    shortNames: ['crd', 'crds'],
  },
] as const

export function discoveryCases({ client }: Target): void {
  describe('discovery', () => {
    test('/api names the core version', async () => {
      expect((await client.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    })

    test('/apis names every group with its preferred version', async () => {
      const answer = await client.get('/apis')
      expect(answer.body).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' })
      for (const group of [
        'apps',
        'batch',
        'policy',
        'coordination.k8s.io',
        'events.k8s.io',
        'apiextensions.k8s.io',
        'authorization.k8s.io',
      ]) {
        expect(listAt(answer.body, 'groups')).toContainEqual({
          name: group,
          versions: [{ groupVersion: `${group}/v1`, version: 'v1' }],
          preferredVersion: { groupVersion: `${group}/v1`, version: 'v1' },
        })
      }
    })

    test('/apis/policy names the versions of one group', async () => {
      expect((await client.get('/apis/policy')).body).toMatchObject({
        kind: 'APIGroup',
        name: 'policy',
        preferredVersion: { groupVersion: 'policy/v1', version: 'v1' },
      })
    })

    test.each(expected)('$path has $name', async ({ path, ...resource }) => {
      const answer = await client.get(path)
      expect(answer.body).toMatchObject({ kind: 'APIResourceList', groupVersion: path.replace(/^\/apis?\//, '') })
      const found = listAt(answer.body, 'resources').find((one) => textAt(one, 'name') === resource.name)
      expect(found).toMatchObject({ ...resource, singularName: resource.kind.toLowerCase() })
      expect(new Set(listAt(found, 'verbs'))).toEqual(everyVerb)
    })

    test('subresources are listed with their own kinds', async () => {
      const core = listAt((await client.get('/api/v1')).body, 'resources')
      expect(core).toContainEqual(
        expect.objectContaining({
          name: 'pods/eviction',
          kind: 'Eviction',
          group: 'policy',
          version: 'v1',
          verbs: ['create'],
        }),
      )
      expect(core).toContainEqual(
        expect.objectContaining({ name: 'nodes/status', kind: 'Node', verbs: ['get', 'patch', 'update'] }),
      )
      const apps = listAt((await client.get('/apis/apps/v1')).body, 'resources')
      expect(apps).toContainEqual(
        expect.objectContaining({ name: 'deployments/scale', kind: 'Scale', group: 'autoscaling', version: 'v1' }),
      )
    })

    test('a namespace cannot be deleted as a collection, and says so', async () => {
      const core = listAt((await client.get('/api/v1')).body, 'resources')
      const namespaces = core.find((one) => textAt(one, 'name') === 'namespaces')
      expect(listAt(namespaces, 'verbs')).not.toContain('deletecollection')
    })

    test.each(['/api', '/apis'])('%s aggregated: all resources in one answer', async (path) => {
      const answer = await client.send({ path, headers: { accept: aggregated } })
      expect(answer.headers['content-type']).toBe(
        'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      )
      expect(answer.body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' })
    })

    test('aggregated: one resource with its subresources', async () => {
      const answer = await client.send({ path: '/apis', headers: { accept: aggregated } })
      const policy = listAt(answer.body, 'items').find((group) => textAt(group, 'metadata', 'name') === 'policy')
      expect(at(policy, 'versions', 0)).toMatchObject({
        version: 'v1',
        freshness: 'Current',
        resources: [
          {
            resource: 'poddisruptionbudgets',
            responseKind: { kind: 'PodDisruptionBudget' },
            scope: 'Namespaced',
            singularResource: 'poddisruptionbudget',
            shortNames: ['pdb'],
            subresources: [
              {
                subresource: 'status',
                responseKind: { kind: 'PodDisruptionBudget' },
                verbs: ['get', 'patch', 'update'],
              },
            ],
          },
        ],
      })
    })

    test('/version is that of Kubernetes 1.36', async () => {
      expect((await client.get('/version')).body).toMatchObject({
        major: '1',
        minor: '36',
        gitVersion: expect.stringMatching(/^v1\.36\./),
      })
    })

    test('/openapi/v3 lists a document for each version, and serves it', async () => {
      const index = await client.get('/openapi/v3')
      const documents: unknown = typeof index.body === 'string' ? JSON.parse(index.body) : index.body
      for (const version of ['api/v1', 'apis/policy/v1', 'apis/apps/v1']) {
        const url = textAt(documents, 'paths', version, 'serverRelativeURL') ?? ''
        expect(url).toMatch(new RegExp(`^/openapi/v3/${version}`))
      }
      const core = await client.get(textAt(documents, 'paths', 'api/v1', 'serverRelativeURL') ?? '')
      expect(core.body).toMatchObject({ openapi: expect.stringMatching(/^3\./), components: { schemas: {} } })
      expect(Object.keys(at(core.body, 'paths') ?? {})).toContain('/api/v1/nodes/{name}')
    })

    test.each(['/healthz', '/livez', '/readyz'])('%s: ok', async (path) => {
      const answer = await client.get(path)
      expect([answer.status, answer.body]).toEqual([200, 'ok'])
    })
  })

  describe('who may do what', () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

    test('the administrator may evict', async () => {
      const resourceAttributes = { verb: 'create', resource: 'pods', subresource: 'eviction', namespace: 'default' }
      const answer = await client.create(path, {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      })
      expect(answer.status).toBe(201)
      expect(answer.body).toMatchObject({
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
        status: { allowed: true },
      })
    })

    test('a review of nothing: 422', async () => {
      const answer = await client.create(path, { spec: {} })
      expect(failure(answer)).toContain('exactly one of nonResourceAttributes or resourceAttributes must be specified')
      expect(causesOf(answer)).toEqual(['FieldValueInvalid spec.resourceAttributes'])
    })

    test('a review is asked, never read: 405', async () => {
      expect((await client.get(path)).status).toBe(405)
    })

    test('who am I', async () => {
      const answer = await client.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
      expect(answer.status).toBe(201)
      expect(listAt(answer.body, 'status', 'userInfo', 'groups')).toContain('system:authenticated')
    })
  })
}
