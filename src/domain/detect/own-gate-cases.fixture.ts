import { machineKinds, nodeHealthCheckKind } from '../../api/core/neighbours.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import { aroundPolicy, surroundings } from '../surroundings/surroundings.fixture.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import {
  after,
  alertFor,
  alertsKnown,
  alertsUnavailable,
  type NodeParts,
  nodeWith,
  sourcesWith,
} from './evidence.fixture.ts'
import { runOf, startOf } from './observation.fixture.ts'
import type { HealthObservation } from './observation.ts'

const hungWith = (metadata: JsonObject) => nodeWith([{ type: 'KernelDeadlock', status: 'True' }], metadata)
export const excluded = (text: string) => hungWith({ annotations: { 'prunella.dev/exclude': text } })
const hungAs = (more: NodeParts) => ({ node: nodeWith([{ type: 'KernelDeadlock', status: 'True' }], {}, more) })
const drawn = (unusual: Partial<Surroundings>) => ({ around: surroundings(unusual) })
const actors = (unusual: Partial<Surroundings['actors']>) => drawn({ actors: { ...surroundings().actors, ...unusual } })
const drain = (unusual: Partial<Surroundings['drain']>) => drawn({ drain: { ...surroundings().drain, ...unusual } })
const fleet = (unusual: Parameters<typeof aroundPolicy>[0]) =>
  drawn({ byPolicy: { 'general-nodes': aroundPolicy(unusual) } })
const share = { selected: 3, healthy: 1, faults: 1, loads: 0 }
const replacing = preparedPolicy({
  diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['replace'] }],
  treatments: [{ name: 'replace', replace: { provider: 'Karpenter' } }],
})
const machineOf = (type: string) => {
  const conditions = [{ type, status: 'False', lastTransitionTime: '2026-11-21T11:58:00Z' }]
  const [kind] = machineKinds
  return kind?.project({ metadata: { name: 'm-1', namespace: 'fleet', uid: 'm' }, status: { conditions } })
}
const unanswered = (outcome: string) => ({
  policies: [preparedPolicy({ mode: 'Approve' })],
  runs: [runOf('Done', {}, { completed: -600, outcome })],
})
const named = (name: string, spec: JsonObject = {}) => preparedPolicy(spec, { name })
const twoSignals = (when: string) =>
  preparedPolicy({
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
      { name: 'missing', nodeCondition: { type: 'Absent', status: 'True' } },
      { name: 'hint', alert: { name: 'Hint' }, clearedWhen: { healthCheck: 'Kubelet' } },
    ],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when, treatments: ['power-cycle'] }],
  })

/** One observation for each reason that a node's own gate may give; the sentences that people read stand in the golden file. */
export const ownGateCases: Readonly<Record<string, Partial<HealthObservation>>> = {
  ConflictingPolicies: { policies: [named('alpha'), named('beta')] },
  PolicyInvalid: {
    policies: [
      preparedPolicy({
        maintenanceWindows: [{ schedule: '0 2 * * *', durationSeconds: 3_600, timeZone: 'Mars/Phobos' }],
      }),
    ],
  },
  ClearingUndefined: {
    policies: [preparedPolicy({ signals: [{ name: 'kernelDeadlock', alert: { name: 'NodeCPUSaturated' } }] })],
    sources: sourcesWith({ alerts: alertsKnown([alertFor({})]) }),
  },
  NodeExcluded: { node: excluded('{"reason": "firmware", "until": "2026-11-21T13:00:00Z"}') },
  SignalStale: { node: nodeWith([{ type: 'KernelDeadlock', status: 'True', heartbeat: -901 }]) },
  SignalMissing: { policies: [twoSignals('kernelDeadlock && missing')] },
  SourceUnavailable: {
    policies: [twoSignals('kernelDeadlock && hint')],
    sources: sourcesWith({ alerts: alertsUnavailable() }),
  },
  BootGraceActive: {
    node: hungWith({ labels: { remediable: 'true' }, creationTimestamp: '2026-11-21T11:59:00Z' }),
    policies: [
      preparedPolicy({
        signals: [
          { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, bootGraceSeconds: 300 },
        ],
      }),
    ],
  },
  HoldNotElapsed: {
    policies: [
      preparedPolicy({
        signals: [
          { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 },
        ],
      }),
    ],
  },
  NoDiagnosis: { policies: [twoSignals('kernelDeadlock && hint')] },
  DiagnosisUnknown: { policies: [twoSignals('kernelDeadlock && missing')] },
  RunInProgress: { runs: [runOf('Draining')] },
  NodeTerminating: {
    node: hungWith({
      labels: { remediable: 'true' },
      deletionTimestamp: '2026-11-21T11:59:00Z',
      finalizers: ['karpenter.sh/termination'],
    }),
  },
  KarpenterActive: hungAs({ taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] }),
  ClusterAutoscalerActive: hungAs({
    taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1795262340', effect: 'NoSchedule' }],
  }),
  MachineHealthCheckActive: actors({
    machines: [machineOf('HealthCheckSucceeded')].filter((machine) => machine !== undefined),
  }),
  NodeHealthCheckActive: actors({
    healthChecks: [
      nodeHealthCheckKind.project({
        metadata: { name: 'workers', uid: 'nhc' },
        status: {
          unhealthyNodes: [
            {
              name: 'node-1',
              remediations: [
                { resource: { kind: 'SelfNodeRemediation', name: 'node-1' }, started: '2026-11-21T11:58:00Z' },
              ],
            },
          ],
        },
      }),
    ],
  }),
  KuredActive: actors({
    kuredLocks: [{ daemonSet: 'kube-system/kured', text: '{"nodeID": "node-1", "created": "2026-11-21T11:58:00Z"}' }],
  }),
  ForeignCordon: hungAs({
    unschedulable: true,
    managedFields: [
      {
        manager: 'kubectl-cordon',
        time: '2026-11-21T11:50:00Z',
        fieldsV1: { 'f:spec': { 'f:unschedulable': {} } },
      },
    ],
  }),
  UpgradeInProgress: fleet({
    upgrade: {
      versions: [
        { version: 'v1.37.0', nodes: 4 },
        { version: 'v1.36.4', nodes: 6 },
      ],
      moving: 'node node-7 came back with another version at 2026-11-21T11:58:00.000Z',
    },
  }),
  OtherActorActive: {
    node: nodeWith([
      { type: 'KernelDeadlock', status: 'True' },
      { type: 'MaintenanceInProgress', status: 'True', reason: 'FirmwareUpdate' },
    ]),
  },
  OutsideWindow: {
    policies: [
      preparedPolicy({
        diagnoses: [
          {
            name: 'kernel-hang',
            class: 'Fault',
            when: 'kernelDeadlock',
            urgency: 'Deferrable',
            treatments: ['power-cycle'],
          },
        ],
        maintenanceWindows: [{ schedule: '0 2 * * *', durationSeconds: 10_800, timeZone: 'Europe/Berlin' }],
      }),
    ],
  },
  FreezeActive: {
    policies: [
      preparedPolicy({
        freezes: [{ startTime: '2026-11-20T00:00:00Z', endTime: '2026-11-27T00:00:00Z', reason: 'holidays' }],
      }),
    ],
  },
  ControlPlaneUnready: drawn({ vital: { staticPods: [], controlPlane: { nodes: 3, ready: 0 }, ours: [] } }),
  OperatorOnNode: drawn({
    vital: { staticPods: [], controlPlane: { nodes: 3, ready: 3 }, ours: ['the leading replica of this operator'] },
  }),
  FlappingDetected: {
    memory: {
      nodeUID: 'uid-of-node-1',
      disturbance: undefined,
      reArmedAt: undefined,
      held: {},
      heartbeats: {},
      settling: {},
      bootedAt: undefined,
      bootID: 'boot-1',
      bouts: {},
      changes: [-50, -40, -30, -20, -10].map((minutes) => after(minutes * 60)),
    },
  },
  TooFewHealthy: fleet({ figures: { kind: 'Known', policy: share, cluster: share } }),
  InsufficientCapacity: drawn({
    room: {
      kind: 'Known',
      placement: {
        placed: 3,
        unplaced: [{ name: 'shop/worker-1', lacks: 'cpu', shortfall: 500 }],
        headroomMilliCpu: 900,
      },
      growingPool: undefined,
    },
  }),
  CapacityUnknown: drawn({ room: { kind: 'Unknown', message: 'the lists of nodes and pods are not complete' } }),
  DrainBlocked: drain({
    blocked: [
      {
        message: 'PodDisruptionBudget db/pg allows 0 of StatefulSet pg: 3 healthy, 3 needed',
        pods: ['db/pg-0'],
        numbers: { allowed: 0, healthy: 3, needed: 3 },
        isForEver: true,
      },
    ],
    localData: ['ml/cache-7x (emptyDir)'],
  }),
  UnmanagedPods: drain({ unmanaged: ['web/bare'] }),
  DoNotDisrupt: drain({ vetoed: ['ml/trainer-0 (karpenter.sh/do-not-disrupt: "true")'] }),
  LocalDataAtRisk: drain({ localData: ['ml/cache-7x (emptyDir)'] }),
  BudgetsUnreadable: drain({
    unreadable: { namespaces: ['db', 'web'], pods: 3, message: 'poddisruptionbudgets may not be listed' },
  }),
  ProviderUnavailable: drawn({
    power: { kind: 'Unavailable', message: 'the BMC of node node-1 at 10.1.3.17 does not answer' },
  }),
  ProviderRefused: drawn({
    power: { kind: 'Refused', message: 'the BMC of node node-1 refuses: the password is wrong' },
  }),
  TreatmentUnsupported: {
    policies: [replacing],
    around: surroundings({ claims: { kind: 'Known', claims: [], readyNodes: [] } }),
  },
  HostMismatch: drawn({ power: { kind: 'Known', power: 'On', systemUUID: 'uuid-2', mapping: 'mapping-1' } }),
  ControlPlaneNode: { node: hungWith({ labels: { remediable: 'true', 'node-role.kubernetes.io/control-plane': '' } }) },
  CooldownActive: { starts: [startOf('nr-1', { start: -700, end: -600 })] },
  ApprovalExpired: unanswered('ApprovalExpired'),
  ApprovalRejected: unanswered('ApprovalRejected'),
  AttemptsExhausted: { starts: ['nr-1', 'nr-2', 'nr-3'].map((name) => startOf(name, { start: -9_000, end: -8_000 })) },
  ObserveMode: { policies: [preparedPolicy({ mode: 'Observe' })] },
}
