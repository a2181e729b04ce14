import { describe, expect, test } from 'vitest'
import type { ConditionStatus, Node } from '../../api/core/node.ts'
import { meta } from '../../api/kind.fixture.ts'
import { healthStatusSchema, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { runSpecSchema, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { policySpecSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { instant } from '../../kernel/time.ts'
import { countFleet, type Fleet } from './figures.ts'

const time = '2027-01-15T08:00:00Z'
const signal = { name: 's', nodeCondition: { type: 'Ready', status: 'Unknown' } }
const treatments = [{ name: 't', reboot: {} }]
const policy = {
  metadata: meta('general'),
  spec: policySpecSchema.parse({
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [signal],
    diagnoses: [{ name: 'd', class: 'Fault', when: 's', treatments: ['t'] }],
    treatments,
  }),
  status: { conditions: [], gates: [] },
  problem: undefined,
}

const ready = (status: ConditionStatus) => ({
  type: 'Ready',
  status,
  reason: '',
  message: '',
  lastHeartbeatTime: undefined,
  lastTransitionTime: undefined,
})

const node = (name: string, unusual: Partial<Node> = {}): Node => ({
  metadata: meta(name, { labels: { remediable: 'true' } }),
  unschedulable: false,
  cordon: undefined,
  providerID: undefined,
  taints: [],
  conditions: [ready('True')],
  bootID: 'boot-1',
  systemUUID: '',
  kernelVersion: '',
  osImage: '',
  kubeletVersion: 'v1.36.4',
  allocatable: { cpu: 4_000, memory: 2 ** 34, pods: 110 },
  ...unusual,
})

const sick = (name: string, kind: 'Fault' | 'Load'): NodeHealth => ({
  metadata: meta(name),
  spec: { node: { name, uid: `${name}-uid` }, policyName: 'general' },
  status: healthStatusSchema.parse({
    diagnosis: { name: 'd', class: kind, urgency: 'Immediate', since: time, episode: 'e', message: 'm' },
  }),
  problem: undefined,
})

const runIn = (name: string, step: object) => ({
  metadata: meta(`nr-${name}`),
  spec: runSpecSchema.parse({
    node: { name, uid: `${name}-uid` },
    policyName: 'general',
    cause: { diagnosis: 'd', class: 'Load', episode: 'e', when: 's', message: 'm', detectedTime: time },
    treatments,
  }),
  status: runStatusSchema.parse({ step: { since: time, ...step } }),
  problem: undefined,
})

const quarantined = (name: string) => runIn(name, { name: 'Quarantined', cause: 'TreatmentsExhausted' })

const fleet = (unusual: Partial<Fleet> = {}): Fleet => ({
  nodes: [node('node-1'), node('node-2')],
  policies: [policy],
  health: [],
  runs: [],
  correlation: { now: instant(Date.parse(time)), limits: guardSpecSchema.parse({}).correlatedFailures },
  ...unusual,
})

const own = (unusual: Partial<Fleet> = {}) => countFleet(fleet(unusual)).byPolicy.get('general')

test('diagnosed nodes count by class', () => {
  const health = [sick('node-1', 'Fault'), sick('node-2', 'Load')]
  expect(own({ health })).toMatchObject({ selected: 2, faults: 1, loads: 1 })
})

test('who waits cordoned for people is missing from the fleet, whatever made him wait', () => {
  const runs = [quarantined('node-1')]
  expect(countFleet(fleet({ health: [sick('node-1', 'Load')], runs })).cluster).toMatchObject({ faults: 1, loads: 0 })
})

test('a node that a person calls ill counts as ill, a plan for one does not', () => {
  const manual = runIn('node-1', { name: 'Approving' })
  const asked = { ...manual, spec: { ...manual.spec, requestedBy: 'alice' } }
  expect(own({ runs: [asked] })?.faults).toBe(1)
  expect(own({ runs: [{ ...asked, spec: { ...asked.spec, dryRun: true } }] })?.faults).toBe(0)
})

test('healthy is who is Ready, schedulable and not being remediated', () => {
  const nodes = [
    node('fine'),
    node('silent', { conditions: [ready('Unknown')] }),
    node('says-nothing', { conditions: [] }),
    node('cordoned', { unschedulable: true }),
    node('treated'),
    node('asked-for'),
  ]
  const runs = [runIn('treated', { name: 'Cordoning' }), runIn('asked-for', { name: 'Approving' })]
  expect(own({ nodes, runs })).toMatchObject({ selected: 6, healthy: 2 })
})

test('a node that no policy selects counts nowhere', () => {
  expect(own({ health: [sick('stranger', 'Fault')] })).toMatchObject({ selected: 2, faults: 0 })
})

describe('nodes that fail together', () => {
  const zoned = (name: string, zone: string, unusual: Partial<Node> = {}) =>
    node(name, {
      ...unusual,
      metadata: meta(name, { labels: { remediable: 'true', 'topology.kubernetes.io/zone': zone } }),
    })
  const zone = (value: string, count: number, unusual: Partial<Node> = {}) =>
    Array.from({ length: count }, (_, index) => zoned(`${value}-${index}`, value, unusual))
  const ill = (value: string, count: number) =>
    Array.from({ length: count }, (_, index) => sick(`${value}-${index}`, 'Fault'))

  test('three of ten in one zone within ten minutes are one failure, with the arithmetic', () => {
    const nodes = [...zone('a', 10), ...zone('b', 30)]
    expect(own({ nodes, health: ill('a', 3) })?.together).toEqual({
      nodes: 3,
      message:
        '3 of 10 nodes with topology.kubernetes.io/zone=a (30%) fell ill with a Fault within 600s; 3 nodes and 20% are one failure',
    })
  })

  test('two are not, nor are three of thousands that share a kernel, nor what failed long ago', () => {
    expect(own({ nodes: zone('a', 10), health: ill('a', 2) })?.together).toBeUndefined()
    const many = zone('a', 1_000, { kernelVersion: '6.1.0' })
    expect(own({ nodes: many, health: ill('a', 3) })?.together).toBeUndefined()
    const later = { now: instant(Date.parse(time) + 600_000), limits: guardSpecSchema.parse({}).correlatedFailures }
    expect(own({ nodes: zone('a', 10), health: ill('a', 3), correlation: later })?.together).toBeUndefined()
  })

  test('a kernel is a domain of its own; a node without a label belongs to none', () => {
    const nodes = ['x', 'y', 'z', 'v', 'w'].map((name) => node(name, { kernelVersion: name < 'x' ? 'old' : 'new' }))
    const health = ['x', 'y', 'z'].map((name) => sick(name, 'Fault'))
    expect(own({ nodes, health })?.together?.message).toContain('3 of 3 nodes with kernel new (100%)')
    expect(own({ nodes: ['x', 'y', 'z'].map((name) => node(name)), health })?.together).toBeUndefined()
  })

  test('what concerns one policy is the matter of its breaker; what concerns two is the cluster’s', () => {
    const nodes = zone('a', 10)
    const of = (names: readonly string[]) =>
      ill('a', 4).map((one, index) => ({
        ...one,
        spec: { node: { name: `a-${index}`, uid: 'u' }, policyName: names[index % names.length] ?? '' },
      }))
    expect(countFleet(fleet({ nodes, health: of(['general']) })).cluster.together).toBeUndefined()
    expect(countFleet(fleet({ nodes, health: of(['general', 'gpu']) })).cluster.together?.nodes).toBe(4)
  })

  test('a zone goes dark before any hold has elapsed: three nodes and more than half of it', () => {
    const silent = { conditions: [ready('Unknown')] }
    const inZone = (silentCount: number) => [...zone('a', 5).slice(silentCount), ...zone('a', silentCount, silent)]
    const dark = (nodes: readonly Node[]) => countFleet(fleet({ nodes: [...nodes, ...zone('b', 10)] })).cluster.together
    expect(dark(inZone(2))).toBeUndefined()
    expect(dark(inZone(3))?.message).toBe('3 of 5 nodes of zone a are not Ready; 3 nodes and 55% are a dark zone')
  })

  test('when every zone is dark, the one who looks may be cut off; what is silent by our own doing is not', () => {
    const silent = { conditions: [ready('Unknown')] }
    const nodes = [...zone('a', 2, silent), ...zone('b', 2, silent)]
    expect(countFleet(fleet({ nodes })).cluster.together?.message).toContain('4 of 4 nodes of the cluster')
    const runs = ['a-0', 'a-1'].map((name) => runIn(name, { name: 'Treating', stage: 'Booting' }))
    expect(countFleet(fleet({ nodes, runs })).cluster.together).toBeUndefined()
  })
})
