import { annotation } from '../../api/annotations.ts'
import type { NodeClaim } from '../../api/core/kinds.ts'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { meta } from '../../api/kind.fixture.ts'
import { allowedServices } from '../../api/node-services.ts'
import type { LedgerSpec } from '../../api/v1alpha1/disruption-ledger.ts'
import { type RunSpec, runSpecSchema } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policySpecSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import { instant, later, mono, rfc3339 } from '../../kernel/time.ts'
import type { LedgerSeen } from '../budget/ledger.ts'
import { nothingSaid, type SourcesSeen } from '../detect/sources-seen.ts'
import { nodeJobName } from './node-job.ts'
import type { JobSeen, NodeSeen, Observation, RunSeen } from './observation.ts'
import type { Step } from './step.ts'

/** The ordinary case: a node with a kernel deadlock, a run that has just been created, a free budget. */
export const now = instant(1_800_000_000_000)
export const runUID = 'run-uid'
export const systemUUID = '5f6a0000-0000-0000-0000-000000000001'

export { meta }

export const sickNode = (unusual: Partial<Node> = {}): Node => ({
  metadata: meta('node-1', { labels: { 'topology.kubernetes.io/zone': 'a' } }),
  unschedulable: false,
  cordon: undefined,
  providerID: undefined,
  taints: [],
  conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'True')],
  bootID: 'boot-1',
  systemUUID,
  kernelVersion: '6.1.0',
  osImage: 'Debian 12',
  kubeletVersion: 'v1.36.4',
  allocatable: { cpu: 4_000, memory: 2 ** 34, pods: 110 },
  ...unusual,
})

const readyTime = rfc3339(later(now, 60_000))

export const condition = (type: string, status: 'True' | 'False' | 'Unknown') => ({
  type,
  status,
  reason: 'Because',
  message: '',
  lastHeartbeatTime: rfc3339(later(now, 60_000)),
  lastTransitionTime: readyTime,
})

export const present = (node: Node): { readonly node: NodeSeen } => ({ node: { kind: 'Present', node } })

const healthyConditions = [condition('Ready', 'True'), condition('KernelDeadlock', 'False')]
export const recovered = present(sickNode({ conditions: healthyConditions }))

export const cordoned = (unusual: Partial<Node> = {}): { readonly node: NodeSeen } =>
  present(
    sickNode({
      unschedulable: true,
      metadata: meta('node-1', {
        annotations: { [annotation.cordonedByRun]: runUID, [annotation.cordonBefore]: 'false' },
      }),
      ...unusual,
    }),
  )

export const rebooted = cordoned({ bootID: 'boot-2', conditions: healthyConditions })

export const policy = (unusual: Record<string, unknown> = {}): PolicySpec =>
  policySpecSchema.parse({
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [kernelDeadlock],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot', 'power-cycle'] }],
    treatments: ladder,
    ...unusual,
  })

const kernelDeadlock = { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } }
const drain = { mode: 'Full', deadlineSeconds: 60, onDeadline: 'Proceed' }
const verification = { stableSeconds: 10, timeoutSeconds: 120 }
const ladder = [
  { name: 'reboot', reboot: { bootTimeoutSeconds: 60 }, drain, verification },
  { name: 'power-cycle', powerCycle: { bootTimeoutSeconds: 60 }, drain, verification },
]
export const replaceLadder = [
  { name: 'replace', replace: { provider: 'Karpenter' }, drain: { ...drain, onDeadline: 'Quarantine' }, verification },
]

/** Rungs that leave the node up, and one that does not. */
export const inPlaceLadder = [
  { name: 'free-disk', freeDisk: { belowPercent: 70, timeoutSeconds: 60 }, verification },
  { name: 'restart-kubelet', restartService: { name: 'kubelet', timeoutSeconds: 60 }, verification },
  { name: 'power-cycle', powerCycle: { bootTimeoutSeconds: 60 }, drain, verification },
]

export const runSpec = (unusual: Record<string, unknown> = {}): RunSpec =>
  runSpecSchema.parse({
    node: { name: 'node-1', uid: 'node-1-uid', systemUUID },
    policyName: 'general',
    cause: {
      diagnosis: 'kernel-hang',
      class: 'Fault',
      episode: 'e1',
      when: 'kernelDeadlock',
      signals: [kernelDeadlock],
      message: 'kernel-hang: KernelDeadlock is True',
      detectedTime: rfc3339(now),
    },
    treatments: ladder,
    ...unusual,
  })

export const run = (unusual: Partial<RunSeen> = {}): RunSeen => ({
  name: 'nr-1',
  uid: runUID,
  createdAt: now,
  terminating: false,
  hasFinalizer: true,
  spec: runSpec(),
  drain: undefined,
  ...unusual,
})

export const ledger = (unusual: Partial<LedgerSpec> = {}): LedgerSeen => ({
  kind: 'Known',
  uid: 'ledger-uid',
  resourceVersion: '3',
  spec: { slots: [], starts: [], breakers: [], proven: [], ...unusual },
})

export const slot = (runUIDOfSlot: string) => ({
  runUID: runUIDOfSlot,
  runName: `run of ${runUIDOfSlot}`,
  policyName: 'general',
  nodeName: `node of ${runUIDOfSlot}`,
  nodeUID: 'some-uid',
  class: 'Fault' as const,
  domains: [],
  claimTime: rfc3339(now),
})

export const slotHeld = { ledger: ledger({ slots: [slot(runUID)] }) }

export const shared = (policySpec: PolicySpec = policy()): NonNullable<Observation['shared']> => ({
  policyName: 'general',
  policy: policySpec,
  guard: guardSpecSchema.parse({}),
  ledgerUID: 'ledger-uid',
  figures: {
    kind: 'Known',
    policy: { selected: 12, healthy: 11, faults: 1, loads: 0 },
    cluster: { selected: 12, healthy: 11, faults: 1, loads: 0 },
  },
})

/** Every source can be asked and has nothing to say, but for what is unusual. */
export const sourcesWith = (unusual: Partial<SourcesSeen> = {}): SourcesSeen => ({
  ...nothingSaid({ now, mono: mono(0) }),
  ...unusual,
})

export const observation = (unusual: Partial<Observation> = {}): Observation => ({
  now,
  nowAtLeast: unusual.now ?? now,
  mono: mono(0),
  watched: { stepMs: Number.POSITIVE_INFINITY, stableMs: Number.POSITIVE_INFINITY },
  frozen: undefined,
  missingRight: undefined,
  run: run(),
  generation: 1,
  step: { name: 'Approving', since: now, rung: 0, deadline: undefined, retry: 0, attempted: false, bootID: '' },
  node: { kind: 'Present', node: sickNode() },
  leaseRenewTime: 'renewed-1',
  leaseMovedMs: undefined,
  pods: [],
  refusals: {},
  budgets: { budgets: [], unread: {} },
  sources: sourcesWith(),
  ledger: ledger(),
  underWay: [],
  promised: 0,
  pauses: [],
  shared: shared(),
  power: { kind: 'NotAsked' },
  ordered: undefined,
  job: undefined,
  otherJobPods: [],
  services: allowedServices(),
  claims: { kind: 'NotAsked' },
  around: {
    actors: { claims: [], healthChecks: [], machines: [], works: [], leases: [], kuredLocks: [], unread: [] },
    elders: [],
    vital: { staticPods: [], controlPlane: { nodes: 0, ready: 0 }, ours: [] },
    whole: undefined,
  },
  ...unusual,
})

const working = { since: now, retry: 0, attempted: true, bootID: 'boot-1' } as const
const deadline = later(now, 60_000)

export const steps = {
  claiming: { ...working, attempted: false, name: 'Claiming', rung: 0, deadline },
  cordoning: { ...working, name: 'Cordoning', rung: 0, deadline },
  draining: { ...working, name: 'Draining', rung: 0, deadline },
  quarantined: { ...working, name: 'Quarantined', cause: 'TreatmentsExhausted' },
  releasing: { ...working, name: 'Releasing', outcome: 'NodeRecovered' },
  done: { ...working, name: 'Done', outcome: 'NodeRecovered' },
} as const satisfies Readonly<Record<string, Step>>

type TreatingStep = Extract<Step, { name: 'Treating' }>

export const treating = (unusual: Partial<TreatingStep> = {}): TreatingStep => ({
  ...working,
  name: 'Treating',
  rung: 0,
  deadline,
  stage: 'Ordering',
  stageSince: now,
  attempt: 1,
  claim: undefined,
  ended: undefined,
  ...unusual,
})

/** A node job that the first rung of this run has ordered. */
export const nodeJob = (task: JobSeen['task'], unusual: Partial<JobSeen> = {}): JobSeen => ({
  name: nodeJobName(runUID, task),
  uid: 'job-uid',
  task,
  order: '0/0',
  failed: false,
  terminating: false,
  result: undefined,
  ...unusual,
})

export const verifying = (
  unusual: Partial<Extract<Step, { name: 'Verifying' }>> = {},
): Extract<Step, { name: 'Verifying' }> => ({
  ...working,
  name: 'Verifying',
  rung: 0,
  deadline,
  treatedAt: now,
  leaseRenewTime: 'renewed-0',
  stableSince: undefined,
  readyTime,
  alone: false,
  ...unusual,
})

export const bmc = (power: 'On' | 'Off', unusual: { readonly systemUUID?: string } = {}) =>
  ({ power: { kind: 'Known', power, systemUUID, mapping: 'mapping-1', ...unusual } }) as const

export const pod = (name: string, unusual: Partial<Pod> = {}): Pod => ({
  metadata: meta(name, {
    namespace: 'web',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }],
  }),
  nodeName: 'node-1',
  phase: 'Running',
  ready: 'True',
  priority: 0,
  localVolumes: [],
  needs: { requests: { cpu: 100 }, nodeSelector: {}, terms: [], tolerations: [] },
  terminationGracePeriodSeconds: 30,
  waiting: undefined,
  eviction: undefined,
  ...unusual,
})

export const claim = (name: string, unusual: Partial<NodeClaim> = {}): NodeClaim => ({
  metadata: meta(name),
  nodeName: 'node-1',
  nodePool: 'default',
  ready: true,
  ...unusual,
})

export const overdue = { now: later(now, 3_600_000) }
