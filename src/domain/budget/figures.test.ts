import { expect, test } from 'vitest'
import type { ConditionStatus, Node } from '../../api/core/node.ts'
import { meta } from '../../api/kind.fixture.ts'
import { healthStatusSchema, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { runSpecSchema, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { policySpecSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Fleet, figuresOf } from './figures.ts'

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
  spec: { node: { name, uid: `${name}-uid` } },
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
  ...unusual,
})

test('diagnosed nodes count by class', () => {
  const health = [sick('node-1', 'Fault'), sick('node-2', 'Load')]
  expect(figuresOf(fleet({ health })).get('general')).toMatchObject({ policy: { selected: 2, faults: 1, loads: 1 } })
})

test('who waits cordoned for people is missing from the fleet, whatever made him wait', () => {
  const runs = [quarantined('node-1')]
  expect(figuresOf(fleet({ health: [sick('node-1', 'Load')], runs })).get('general')).toMatchObject({
    cluster: { faults: 1, loads: 0 },
  })
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
  expect(figuresOf(fleet({ nodes, runs })).get('general')).toMatchObject({ policy: { selected: 6, healthy: 2 } })
})

test('a node that no policy selects counts nowhere', () => {
  const figures = figuresOf(fleet({ health: [sick('stranger', 'Fault')] })).get('general')
  expect(figures).toMatchObject({ policy: { selected: 2, faults: 0 } })
})

test('an empty list is in doubt', () => {
  expect(figuresOf(fleet({ nodes: [] })).get('general')).toMatchObject({ kind: 'Doubtful' })
})
