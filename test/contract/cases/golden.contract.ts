import { describe, expect, test } from 'vitest'
import { accepted, generationOf } from '../answers.ts'
import type { Answer } from '../client.ts'
import { definitionsPath, installed, widgetDefinition } from '../definitions.ts'
import { golden, steady } from '../golden.ts'
import {
  budgetsOf,
  type Fields,
  fresh,
  freshNamespace,
  leasesOf,
  named,
  nodesPath,
  pod,
  podsOf,
  runningPod,
} from '../objects.ts'
import type { Target } from '../target.ts'

const container = { name: 'main', image: 'registry.test/main:1' }

const workload = (name: string, spec: Fields = {}): Fields => ({
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    ...spec,
  },
})

/** Whole answers, as the real server gave them: what no single case asks for is held here. */
export function goldenCases(target: Target): void {
  const { client } = target
  const place = async (group: string, plural: string): Promise<string> =>
    `/apis/${group}/v1/namespaces/${await freshNamespace(client)}/${plural}`

  describe('whole answers', () => {
    const created: Readonly<Record<string, () => Promise<Answer>>> = {
      node: () => client.create(nodesPath, named(fresh('node'), { status: { capacity: { cpu: '4', memory: '8Gi' } } })),
      namespace: () => client.create('/api/v1/namespaces', named(fresh('ns'))),
      pod: async () => client.create(podsOf(await freshNamespace(client)), pod('main')),
      'pod-with-requests': async () => {
        const resources = { requests: { cpu: '0.5', memory: '1Gi' }, limits: { cpu: '1000m', memory: '1024Mi' } }
        const probe = { httpGet: { path: '/', port: 80 } }
        const ports = [{ containerPort: 80 }]
        const containers = [
          {
            ...container,
            resources,
            readinessProbe: probe,
            ports,
            volumeMounts: [{ name: 'work', mountPath: '/work' }],
          },
        ]
        const volumes = [
          { name: 'work', emptyDir: {} },
          { name: 'host', hostPath: { path: '/dev' } },
        ]
        const spec = { containers, volumes, restartPolicy: 'Never', terminationGracePeriodSeconds: 5, hostPID: true }
        return client.create(podsOf(await freshNamespace(client)), pod('main', { spec }))
      },
      deployment: async () => client.create(await place('apps', 'deployments'), workload('main')),
      'replica-set': async () => client.create(await place('apps', 'replicasets'), workload('main')),
      'daemon-set': async () => client.create(await place('apps', 'daemonsets'), workload('main')),
      job: async () => {
        const template = { spec: { restartPolicy: 'Never', containers: [container] } }
        return client.create(await place('batch', 'jobs'), named('main', { spec: { template, backoffLimit: 0 } }))
      },
      budget: async () => {
        const spec = { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } }
        return client.create(budgetsOf(await freshNamespace(client)), named('main', { spec }))
      },
      lease: async () => {
        const renewTime = '2026-01-01T00:00:00.123456Z'
        const spec = {
          holderIdentity: 'me',
          leaseDurationSeconds: 15,
          renewTime,
          acquireTime: renewTime,
          leaseTransitions: 3,
        }
        return client.create(leasesOf(await freshNamespace(client)), named('main', { spec }))
      },
    }

    test.each(Object.entries(created))('a new %s', async (kind, create) => {
      const answer = await create()
      expect(steady(answer)).toEqual(golden(target, `new-${kind}`, answer))
    })

    test('a budget after an eviction, and the refusal of the next', async () => {
      const namespace = await freshNamespace(client)
      const metadata = { labels: { app: 'web' } }
      for (const name of ['one', 'two'])
        await runningPod(client, podsOf(namespace), pod(name, { metadata, spec: { nodeName: 'node-a' } }))
      const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } }
      const observedGeneration = generationOf(
        accepted(await client.create(budgetsOf(namespace), named('web', { spec }))),
      )
      const status = {
        observedGeneration,
        disruptionsAllowed: 1,
        currentHealthy: 2,
        desiredHealthy: 1,
        expectedPods: 2,
      }
      accepted(await client.mergePatch(`${budgetsOf(namespace)}/web/status`, { status }))
      const evict = (name: string) =>
        client.create(`${podsOf(namespace)}/${name}/eviction`, {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name },
        })
      const first = await evict('one')
      expect(steady(first)).toEqual(golden(target, 'eviction-accepted', first))
      const second = await evict('two')
      expect(steady(second)).toEqual(golden(target, 'eviction-refused', second))
      const evicted = await client.get(`${podsOf(namespace)}/one`)
      expect(steady(evicted)).toEqual(golden(target, 'evicted-pod', evicted))
    })

    test('a definition, established', async () => {
      const { name } = await installed(
        client,
        widgetDefinition({ type: 'object', properties: { size: { type: 'integer' } } }),
      )
      const definition = await client.get(`${definitionsPath}/${name}`)
      expect(steady(definition)).toEqual(golden(target, 'definition', definition))
    })

    test('an event of events.k8s.io, read as a core event', async () => {
      const name = fresh('event')
      const event = {
        metadata: { name },
        eventTime: '2026-01-01T00:00:00.123456Z',
        reportingController: 'prunella.dev/remediation',
        reportingInstance: 'prunella-0',
        action: 'Drain',
        reason: 'DrainStarted',
        regarding: { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'u' },
        related: { apiVersion: 'prunella.dev/v1alpha1', kind: 'NodeRemediation', name: 'run-1' },
        note: 'hello',
        type: 'Normal',
      }
      const written = await client.create('/apis/events.k8s.io/v1/namespaces/default/events', event)
      expect(steady(written)).toEqual(golden(target, 'event', written))
      const read = await client.get(`/api/v1/namespaces/default/events/${name}`)
      expect(steady(read)).toEqual(golden(target, 'core-event', read))
    })

    test('a table of nodes with its column definitions', async () => {
      const name = fresh('node')
      accepted(await client.create(nodesPath, named(name)))
      const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
      const table = await client.send({ path: `${nodesPath}/${name}`, query: { includeObject: 'None' }, headers })
      expect(steady(table)).toEqual(golden(target, 'node-table', table))
    })

    test('the version list of policy', async () => {
      const resources = await client.get('/apis/policy/v1')
      expect(steady(resources)).toEqual(golden(target, 'policy-resources', resources))
    })
  })
}
