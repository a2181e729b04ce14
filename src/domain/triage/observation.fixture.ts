import { sharedGates, startGates } from '../../api/gates.ts'
import { meta } from '../../api/kind.fixture.ts'
import { type HealthStatus, healthStatusSchema, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import {
  type NodeRemediation,
  type RunSpec,
  runSpecSchema,
  runStatusSchema,
} from '../../api/v1alpha1/node-remediation.ts'
import { policySpecSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { instant, mono, rfc3339 } from '../../kernel/time.ts'
import type { RipeDiagnosis } from '../detect/ripe.ts'
import { nothingSaid } from '../detect/sources-seen.ts'
import { surroundings } from '../surroundings/surroundings.fixture.ts'
import type { TriageObservation } from './observation.ts'

/** The ordinary case: a diagnosed node, every gate open, no run yet. */
export const now = instant(1_800_000_000_000)

const ownGates = startGates.filter((gate) => !sharedGates.includes(gate))

export const gates = (held: Readonly<Record<string, string>> = {}) =>
  startGates
    .filter((gate) => ownGates.includes(gate))
    .map((gate) =>
      held[gate] === undefined
        ? { gate, result: 'Pass', reason: gate }
        : { gate, result: 'Hold', reason: held[gate], message: 'because' },
    )

export const health = (unusual: Record<string, unknown> = {}): NodeHealth => ({
  metadata: meta('node-1', { uid: 'health-uid' }),
  spec: { node: { name: 'node-1', uid: 'node-1-uid' }, policyName: 'general' },
  status: status(unusual),
  problem: undefined,
})

const status = (unusual: Record<string, unknown>): HealthStatus =>
  healthStatusSchema.parse({
    diagnosis: {
      name: 'kernel-hang',
      class: 'Fault',
      urgency: 'Immediate',
      since: rfc3339(now),
      episode: 'episode-1',
      message: 'kernel-hang: KernelDeadlock is True',
    },
    gates: gates(),
    ...unusual,
  })

const policySpec = policySpecSchema.parse({
  mode: 'Automatic',
  nodeSelector: { matchLabels: { remediable: 'true' } },
  signals: [
    { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
    { name: 'unrelated', nodeCondition: { type: 'Ready', status: 'Unknown' } },
  ],
  diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['power-cycle', 'reboot'] }],
  treatments: [
    { name: 'reboot', reboot: {} },
    { name: 'power-cycle', powerCycle: {} },
  ],
})

export const shared = (): NonNullable<TriageObservation['shared']> => ({
  now,
  policyName: 'general',
  policy: policySpec,
  guard: guardSpecSchema.parse({}),
  ledgerUID: 'ledger-uid',
  ledger: {
    kind: 'Known',
    uid: 'ledger-uid',
    resourceVersion: '3',
    spec: { slots: [], starts: [], breakers: [], proven: [] },
  },
  pauses: [],
  figures: {
    kind: 'Known',
    policy: { selected: 12, healthy: 11, faults: 1, loads: 0 },
    cluster: { selected: 12, healthy: 11, faults: 1, loads: 0 },
  },
})

export const run = (
  name: string,
  unusual: { readonly spec?: Partial<RunSpec>; readonly step?: string } = {},
): NodeRemediation => ({
  metadata: meta(name),
  spec: {
    ...runSpecSchema.parse({
      node: { name: 'node-1', uid: 'node-1-uid' },
      policyName: 'general',
      cause: {
        diagnosis: 'kernel-hang',
        class: 'Fault',
        episode: 'episode-1',
        when: 'kernelDeadlock',
        message: 'm',
        detectedTime: rfc3339(now),
      },
      treatments: policySpec.treatments,
    }),
    ...unusual.spec,
  },
  status: runStatusSchema.parse(
    unusual.step === undefined ? {} : { step: { name: unusual.step, since: rfc3339(now) } },
  ),
  problem: undefined,
})

const hung = {
  type: 'KernelDeadlock',
  status: 'True',
  reason: 'VitalTaskHung',
  message: '',
  lastHeartbeatTime: rfc3339(now),
  lastTransitionTime: rfc3339(now),
} as const

/** What this process has seen to hold, and since when its source says so. */
export const ripe = (saidSince = rfc3339(now)): RipeDiagnosis => ({
  key: 'general-nodes/kernel-hang',
  saidSince: { kernelDeadlock: saidSince },
})

export const observation = (unusual: Partial<TriageObservation> = {}): TriageObservation => ({
  frozen: undefined,
  ripe: ripe(),
  sources: nothingSaid({ now, mono: mono(0) }),
  mono: mono(0),
  health: health(),
  node: {
    metadata: meta('node-1'),
    unschedulable: false,
    cordon: undefined,
    providerID: 'kwok://node-1',
    taints: [],
    conditions: [hung],
    bootID: 'boot-1',
    systemUUID: 'some-uuid',
    kernelVersion: '6.1.0',
    osImage: 'Debian 12',
    kubeletVersion: 'v1.36.4',
    allocatable: { cpu: 4_000, memory: 2 ** 34, pods: 110 },
  },
  runs: [],
  claiming: [],
  claimingLabels: {},
  shared: shared(),
  around: surroundings({
    power: { kind: 'Known', power: 'On', systemUUID: 'some-uuid', mapping: 'mapping-1' },
    byPolicy: {
      general: {
        figures: shared().figures,
        promised: 0,
        upgrade: { versions: [], moving: undefined },
        spare: undefined,
      },
    },
  }),
  ...unusual,
})
