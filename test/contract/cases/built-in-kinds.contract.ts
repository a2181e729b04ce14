import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted, causesOf, dataOf, failure, namesOf, specOf, statusOf } from '../answers.ts'
import { budgetsOf, type Fields, fresh, freshNamespace, leasesOf, named, nodesPath, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

const time = '2026-01-01T00:00:00Z'
const microTime = '2026-01-01T00:00:00.123456Z'

export function builtInKindCases({ client }: Target): void {
  describe('leases', () => {
    const lease: Fields = {
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: microTime,
      renewTime: microTime,
      leaseTransitions: 0,
    }

    test('keep microseconds and a zero', async () => {
      const path = leasesOf(await freshNamespace(client))
      accepted(await client.create(path, named('a', { spec: lease })))
      expect(specOf(await client.get(`${path}/a`))).toEqual(lease)
    })

    test('a holder may be cleared', async () => {
      const path = leasesOf(await freshNamespace(client))
      accepted(await client.create(path, named('a', { spec: lease })))
      expect(
        at((await client.mergePatch(`${path}/a`, { spec: { holderIdentity: '' } })).body, 'spec', 'holderIdentity'),
      ).toBe('')
    })

    test.each([microTime.replace('.123456', ''), microTime.replace('456', ''), 'yesterday'])(
      'renewTime %s: 400',
      async (renewTime) => {
        const answer = await client.create(leasesOf(await freshNamespace(client)), named('a', { spec: { renewTime } }))
        expect(failure(answer)).toContain(
          `cannot be handled as a Lease: parsing time "${renewTime}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse`,
        )
      },
    )

    test('a duration that is not positive: 422', async () => {
      const answer = await client.create(
        leasesOf(await freshNamespace(client)),
        named('a', { spec: { leaseDurationSeconds: 0 } }),
      )
      expect(failure(answer)).toBe(
        '422 Invalid: Lease.coordination.k8s.io "a" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      )
    })

    test('PUT creates one that is missing', async () => {
      const path = leasesOf(await freshNamespace(client))
      expect((await client.update(`${path}/a`, named('a', { spec: lease }))).status).toBe(201)
      expect(specOf(await client.get(`${path}/a`))).toEqual(lease)
    })

    test('of two renewals on one resourceVersion one wins', async () => {
      const path = leasesOf(await freshNamespace(client))
      const { body } = accepted(await client.create(path, named('a', { spec: lease })))
      const renew = (holderIdentity: string) =>
        client.update(`${path}/a`, { ...(body as Fields), spec: { ...lease, holderIdentity } })
      expect(
        (await Promise.all([renew('you'), renew('they')])).map(({ status }) => status).toSorted((a, b) => a - b),
      ).toEqual([200, 409])
    })
  })

  describe('events', () => {
    const event = (name: string, note = 'hello'): Fields => ({
      metadata: { name },
      eventTime: microTime,
      reportingController: 'prunella.dev/remediation',
      reportingInstance: 'prunella-0',
      action: 'Drain',
      reason: 'DrainStarted',
      regarding: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
      note,
      type: 'Normal',
    })

    test('events.k8s.io and core show one object in two shapes', async () => {
      const namespace = 'default'
      const name = fresh('event')
      accepted(await client.create(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`, event(name)))
      expect((await client.get(`/api/v1/namespaces/${namespace}/events/${name}`)).body).toMatchObject({
        kind: 'Event',
        apiVersion: 'v1',
        involvedObject: { kind: 'Node', name: 'node-1' },
        message: 'hello',
        reason: 'DrainStarted',
        eventTime: microTime,
        reportingComponent: 'prunella.dev/remediation',
        reportingInstance: 'prunella-0',
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
      })
    })

    test('an old core event seen by events.k8s.io', async () => {
      const name = fresh('event')
      const old = {
        metadata: { name, namespace: 'default' },
        involvedObject: { kind: 'Node', name: 'node-1' },
        message: 'hello',
        reason: 'SystemOOM',
        type: 'Warning',
        count: 3,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: 'kernel-monitor', host: 'node-1' },
      }
      accepted(await client.create('/api/v1/namespaces/default/events', old))
      expect((await client.get(`/apis/events.k8s.io/v1/namespaces/default/events/${name}`)).body).toMatchObject({
        apiVersion: 'events.k8s.io/v1',
        regarding: { kind: 'Node', name: 'node-1' },
        note: 'hello',
        deprecatedCount: 3,
        deprecatedFirstTimestamp: time,
        deprecatedLastTimestamp: time,
        deprecatedSource: { component: 'kernel-monitor', host: 'node-1' },
      })
    })

    test('a series may grow, the rest is immutable', async () => {
      const path = '/apis/events.k8s.io/v1/namespaces/default/events'
      const name = fresh('event')
      accepted(await client.create(path, event(name)))
      const series = { count: 2, lastObservedTime: '2026-01-01T00:00:10.000000Z' }
      expect((await client.mergePatch(`${path}/${name}`, { series })).body).toMatchObject({ series })
      expect(failure(await client.mergePatch(`${path}/${name}`, { note: 'other' }))).toBe(
        `422 Invalid: Event "${name}" is invalid: message: Invalid value: "other": field is immutable`,
      )
    })

    test('one of events.k8s.io needs its time, type, action, reason and reporter', async () => {
      const path = '/apis/events.k8s.io/v1/namespaces/default/events'
      const required: readonly (readonly [string, string])[] = [
        ['eventTime', 'eventTime'],
        ['reason', 'reason'],
        ['action', 'action'],
        ['type', 'type'],
        ['reportingController', 'reportingController'],
      ]
      for (const [left, field] of required) {
        const answer = await client.create(path, { ...event(fresh('event')), [left]: undefined })
        expect([left, answer.status, causesOf(answer).join()]).toEqual([left, 422, expect.stringContaining(field)])
      }
    })

    test('a note has at most 1024 bytes', async () => {
      const path = '/apis/events.k8s.io/v1/namespaces/default/events'
      expect((await client.create(path, event(fresh('event'), 'x'.repeat(1024)))).status).toBe(201)
      expect((await client.create(path, event(fresh('event'), 'x'.repeat(1025)))).status).toBe(422)
    })

    test('are selected by what they are about', async () => {
      const name = fresh('event')
      const regarding = { kind: 'Node', name: fresh('node') }
      accepted(await client.create('/apis/events.k8s.io/v1/namespaces/default/events', { ...event(name), regarding }))
      const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${regarding.name}`
      expect(namesOf(await client.get('/api/v1/events', { fieldSelector }))).toEqual([name])
      expect(namesOf(await client.get('/api/v1/events', { fieldSelector: `${fieldSelector},type=Warning` }))).toEqual(
        [],
      )
    })
  })

  describe('secrets', () => {
    test('stringData is written into data and never read back', async () => {
      const path = `/api/v1/namespaces/${await freshNamespace(client)}/secrets`
      const answer = await client.create(path, named('a', { stringData: { plain: 'x' }, data: { encoded: 'eQ==' } }))
      expect(dataOf(answer)).toEqual({ plain: 'eA==', encoded: 'eQ==' })
      expect(answer.body).not.toHaveProperty('stringData')
      expect(answer.body).toMatchObject({ type: 'Opaque' })
    })

    test('data that is no base64: 400', async () => {
      const path = `/api/v1/namespaces/${await freshNamespace(client)}/secrets`
      expect(failure(await client.create(path, named('a', { data: { key: '%%' } })))).toBe(
        '400 BadRequest: Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
      )
    })
  })

  describe('nodes', () => {
    test('a new node is tainted not-ready until somebody says otherwise', async () => {
      const answer = await client.create(nodesPath, named(fresh('node')))
      expect(specOf(answer)).toEqual({ taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] })
    })

    test('has an empty nodeInfo from the start', async () => {
      expect(statusOf(await client.create(nodesPath, named(fresh('node'))))).toMatchObject({
        daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
        nodeInfo: { bootID: '', machineID: '', systemUUID: '', kubeletVersion: '' },
      })
    })

    test('taints are unique by key and effect: 422', async () => {
      const taint = { key: 'a', effect: 'NoSchedule' }
      const answer = await client.create(
        nodesPath,
        named(fresh('node'), { spec: { taints: [taint, { ...taint, value: 'x' }] } }),
      )
      expect(failure(answer)).toContain('taints must be unique by key and effect pair')
      expect(causesOf(answer)).toContain('FieldValueDuplicate metadata.taints[1]')
    })

    test('a taint has one of three effects: 422', async () => {
      const answer = await client.create(
        nodesPath,
        named(fresh('node'), { spec: { taints: [{ key: 'a', effect: 'Never' }] } }),
      )
      expect(failure(answer)).toContain(
        'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      )
    })

    test('podCIDR and podCIDRs say the same, and are checked', async () => {
      const answer = await client.create(nodesPath, named(fresh('node'), { spec: { podCIDR: '10.0.0.0/24' } }))
      expect(specOf(answer)).toMatchObject({ podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24'] })
      const refused = await client.create(nodesPath, named(fresh('node'), { spec: { podCIDR: 'junk' } }))
      expect(causesOf(refused)).toEqual(['FieldValueInvalid spec.podCIDRs[0]'])
    })

    test('allocatable follows capacity where it is not given', async () => {
      const answer = await client.create(
        nodesPath,
        named(fresh('node'), { status: { capacity: { cpu: '4', memory: '8Gi', pods: '110' } } }),
      )
      expect(statusOf(answer)).toMatchObject({ allocatable: { cpu: '4', memory: '8Gi', pods: '110' } })
    })
  })

  describe('pods', () => {
    test('get the defaults of the kind', async () => {
      const answer = await client.create(podsOf(await freshNamespace(client)), pod('a'))
      expect(answer.body).toMatchObject({
        spec: {
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          schedulerName: 'default-scheduler',
          enableServiceLinks: true,
          containers: [
            { name: 'main', resources: {}, imagePullPolicy: 'IfNotPresent', terminationMessagePolicy: 'File' },
          ],
        },
        status: { phase: 'Pending', qosClass: 'BestEffort' },
      })
    })

    test('tolerate a node that fails for 300 s', async () => {
      const answer = await client.create(podsOf(await freshNamespace(client)), pod('a'))
      const toleration = (key: string): Fields => ({
        key,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })
      expect(specOf(answer)).toMatchObject({
        tolerations: [toleration('node.kubernetes.io/not-ready'), toleration('node.kubernetes.io/unreachable')],
      })
    })

    test('podIP and podIPs say the same', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a')))
      const answer = await client.mergePatch(`${path}/a/status`, { status: { podIP: '10.0.0.7' } })
      expect(statusOf(answer)).toMatchObject({ podIP: '10.0.0.7', podIPs: [{ ip: '10.0.0.7' }] })
    })

    test('need a container: 422', async () => {
      const answer = await client.create(podsOf(await freshNamespace(client)), pod('a', { spec: { containers: [] } }))
      expect(failure(answer)).toBe('422 Invalid: Pod "a" is invalid: spec.containers: Required value')
    })

    test('need images and distinct names in their containers: 422', async () => {
      const containers = [{ name: 'main' }, { name: 'main', image: 'x' }]
      const answer = await client.create(podsOf(await freshNamespace(client)), pod('a', { spec: { containers } }))
      expect(causesOf(answer).toSorted()).toEqual([
        'FieldValueDuplicate spec.containers[1].name',
        'FieldValueRequired spec.containers[0].image',
      ])
    })
  })

  describe('budgets', () => {
    const create = async (spec: Fields) => client.create(budgetsOf(await freshNamespace(client)), named('a', { spec }))

    test('start with an empty status', async () => {
      const answer = await create({ minAvailable: '50%', selector: { matchLabels: { app: 'a' } } })
      expect([answer.status, specOf(answer)]).toEqual([
        201,
        { minAvailable: '50%', selector: { matchLabels: { app: 'a' } } },
      ])
      expect(statusOf(answer)).toEqual({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 })
    })

    test.each([
      [{ minAvailable: 1, maxUnavailable: 1 }, 'minAvailable and maxUnavailable cannot be both set'],
      [{ minAvailable: '150%' }, 'spec.minAvailable: Invalid value: "150%": must not be greater than 100%'],
      [{ minAvailable: -1 }, 'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
      [
        { minAvailable: 1, unhealthyPodEvictionPolicy: 'Maybe' },
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Maybe": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ])('%j: 422', async (spec, message) => {
      const answer = await create({ ...spec, selector: {} })
      expect(failure(answer)).toContain('422 Invalid: PodDisruptionBudget.policy "a" is invalid: ')
      expect(failure(answer)).toContain(message)
    })
  })

  describe('jobs', () => {
    test('get their pod selector from their own uid', async () => {
      const path = `/apis/batch/v1/namespaces/${await freshNamespace(client)}/jobs`
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] } }
      const answer = await client.create(path, named('a', { spec: { template } }))
      const uid = at(answer.body, 'metadata', 'uid')
      expect(answer.body).toMatchObject({
        spec: {
          parallelism: 1,
          completions: 1,
          backoffLimit: 6,
          suspend: false,
          selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
          template: { metadata: { labels: { 'batch.kubernetes.io/job-name': 'a', 'job-name': 'a' } } },
        },
      })
    })

    test('must not restart for ever: 422', async () => {
      const path = `/apis/batch/v1/namespaces/${await freshNamespace(client)}/jobs`
      const answer = await client.create(
        path,
        named('a', { spec: { template: { spec: { containers: [{ name: 'main', image: 'x' }] } } } }),
      )
      expect(failure(answer)).toContain(
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      )
    })
  })
}
