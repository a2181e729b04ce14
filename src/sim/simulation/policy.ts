import { defaultGuard } from '../../api/initial-objects.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { epoch } from '../loop.ts'
import type { ApprovalPlan, CalendarPlan, PolicyPlan } from '../plan/plan.ts'
import { loadMetric, zombiesMetric } from '../world/prometheus/prometheus.ts'

export const policyName = 'sim'
const rivalName = 'sim-rival'
export const loadAlert = 'NodeCPUSaturated'

/** The guard of the cluster, no stricter than the policy: clusters are small here. */
export const simGuard = (plan: PolicyPlan): JsonObject => ({
  ...defaultGuard,
  spec: { maxUnhealthy: `${plan.maxUnhealthyPercent}%`, coolingSeconds: paced(plan, 300) },
})

/** The policy of the plan, and its rival where there is one. */
export const simPolicies = (plan: PolicyPlan): readonly JsonObject[] => {
  const spec = specOf(plan)
  return [
    policy(policyName, spec),
    ...(plan.rival === undefined ? [] : [policy(rivalName, { ...spec, ...plan.rival })]),
  ]
}

const policy = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name },
  spec,
})

/** As people write it, with ordinary times, or shorter ones. */
function specOf(plan: PolicyPlan): JsonObject {
  const { calendar, approval, spareNodes } = plan
  const urgency = calendar?.window === undefined ? {} : { urgency: 'Deferrable' }
  const powerFirst = plan.ladder === 'PowerFirst'
  return {
    mode: plan.mode,
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [
      {
        name: 'kernelDeadlock',
        nodeCondition: { type: 'KernelDeadlock', status: 'True' },
        holdSeconds: paced(plan, 10),
      },
      { name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' }, holdSeconds: paced(plan, 60) },
      { name: 'cpuSaturated', alert: { name: loadAlert, ...clearingOf(plan) }, holdSeconds: paced(plan, 30) },
      ...further(plan, { queries: querySignals(plan), cluster: clusterSignals(plan), inPlace: inPlaceSignals(plan) }),
    ],
    diagnoses: [
      {
        name: 'kernel-hang',
        class: 'Fault',
        when: 'kernelDeadlock',
        treatments: powerFirst ? ['power-cycle', 'reboot'] : ['reboot', 'power-cycle'],
        ...urgency,
      },
      {
        name: 'node-dead',
        class: 'Fault',
        when: 'kubeletSilent',
        treatments: powerFirst ? ['power-cycle', 'reboot'] : ['power-cycle'],
        ...urgency,
      },
      { name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: reliefOf(plan), ...urgency },
      ...further(plan, { queries: queryDiagnoses(plan), cluster: clusterDiagnoses, inPlace: inPlaceDiagnoses }),
    ],
    treatments: treatments(plan),
    limits: {
      maxConcurrent: plan.maxConcurrent,
      topologyLimits: [{ topologyKey: 'topology.kubernetes.io/zone', maxConcurrent: 1 }],
      maxPerHour: plan.maxPerHour,
      cooldownSeconds: paced(plan, 600),
      maxUnhealthy: `${plan.maxUnhealthyPercent}%`,
      maxOverloaded: `${plan.maxUnhealthyPercent}%`,
      attempts: { max: plan.attemptsMax, windowSeconds: 86_400 },
      ...(spareNodes === undefined ? {} : { spareNodes }),
    },
    ...(approval === undefined ? {} : { approval: asked(approval) }),
    ...calendarOf(calendar),
  }
}

type Further = Readonly<Record<'queries' | 'cluster' | 'inPlace', readonly JsonObject[]>>

/** What only some plans have. */
const further = (plan: PolicyPlan, { queries, cluster, inPlace }: Further): readonly JsonObject[] => [
  ...(plan.asksQueries === true ? queries : []),
  ...(plan.asksCluster === true ? cluster : []),
  ...(plan.treatsInPlace === true ? inPlace : []),
]

const asked = ({ timeoutSeconds, onExpiry }: ApprovalPlan): JsonObject => ({ timeoutSeconds, onExpiry })

const calendarOf = ({ window, freeze }: CalendarPlan = {}): JsonObject => ({
  ...(window === undefined
    ? {}
    : {
        maintenanceWindows: [{ schedule: `*/${window.everyMinutes} * * * *`, durationSeconds: window.durationSeconds }],
      }),
  ...(freeze === undefined
    ? {}
    : {
        freezes: [
          {
            startTime: rfc3339(later(epoch, freeze.fromMs)),
            endTime: rfc3339(later(epoch, freeze.fromMs + freeze.forMs)),
            reason: 'something is shown to somebody',
          },
        ],
      }),
})

/** Samples of a node that has just booted are as good as any here. */
const querySignals = (plan: PolicyPlan): readonly JsonObject[] => [
  { name: 'cpuBusy', query: { expr: `${loadMetric} > 0.9` }, holdSeconds: paced(plan, 30), bootGraceSeconds: 0 },
  { name: 'zombies', query: { expr: zombiesMetric, above: 20 }, holdSeconds: paced(plan, 30), bootGraceSeconds: 0 },
]

/** Whoever keeps the node has to see the alert clear. */
const clearingOf = ({ relieves }: PolicyPlan): JsonObject => (relieves === true ? { clearedBy: 'RuleEvaluation' } : {})

const reliefOf = ({ relieves }: PolicyPlan): readonly string[] =>
  relieves === true ? ['relieve', 'replace'] : ['replace']

const queryDiagnoses = (plan: PolicyPlan): readonly JsonObject[] => [
  { name: 'zombies', class: 'Fault', when: 'zombies', treatments: ['reboot', 'power-cycle'] },
  { name: 'busy', class: 'Load', when: 'cpuBusy', treatments: reliefOf(plan) },
]

const treatments = (plan: PolicyPlan): readonly JsonObject[] =>
  rungs(plan).map(({ drain, ...rung }) => ({
    ...rung,
    drain: { ...drain, ...plan.drainRules },
    ...(plan.approval?.rungs.includes(rung.name) === true ? { approval: asked(plan.approval) } : {}),
  }))

type Rung = JsonObject & { readonly name: string; readonly drain: JsonObject }

const rungs = (plan: PolicyPlan): readonly Rung[] => [
  {
    name: 'reboot',
    reboot: { bootTimeoutSeconds: plan.bootTimeoutSeconds?.reboot ?? 180 },
    drain: plan.drain ?? { deadlineSeconds: paced(plan, 60), onDeadline: 'Proceed' },
    verification: { stableSeconds: paced(plan, 30), timeoutSeconds: 300 },
  },
  {
    name: 'power-cycle',
    powerCycle: { bootTimeoutSeconds: plan.bootTimeoutSeconds?.powerCycle ?? 300 },
    drain: {
      mode: 'SkipIfNotReady',
      deadlineSeconds: plan.drain?.deadlineSeconds ?? paced(plan, 30),
      onDeadline: 'Proceed',
    },
    verification: { stableSeconds: paced(plan, 30), timeoutSeconds: 300 },
  },
  {
    name: 'relieve',
    relieve: { load: { expr: loadMetric }, below: 0.7, holdSeconds: paced(plan, 60), timeoutSeconds: 600 },
    drain: {},
    verification: { stableSeconds: paced(plan, 30), timeoutSeconds: 300 },
  },
  {
    name: 'replace',
    replace: { provider: 'Karpenter', timeoutSeconds: 900 },
    drain: { deadlineSeconds: paced(plan, 600), onDeadline: 'Quarantine' },
  },
  ...(plan.treatsInPlace === true ? inPlaceRungs(plan) : []),
]

/** A kubelet calls its disk full for minutes after it is not. */
const inPlaceRungs = (plan: PolicyPlan): readonly Rung[] => [
  {
    name: 'free-disk',
    freeDisk: { belowPercent: 80, timeoutSeconds: 120 },
    drain: {},
    verification: { stableSeconds: paced(plan, 30), timeoutSeconds: 600 },
  },
  ...(['containerd', 'kubelet'] as const).map((name) => ({
    name: `restart-${name}`,
    restartService: { name, timeoutSeconds: 90 },
    drain: {},
    verification: { stableSeconds: paced(plan, 30), timeoutSeconds: 120 },
  })),
]

const inPlaceSignals = (plan: PolicyPlan): readonly JsonObject[] => [
  { name: 'diskFull', nodeCondition: { type: 'DiskPressure', status: 'True' }, holdSeconds: paced(plan, 10) },
  {
    name: 'runtimeDown',
    nodeCondition: { type: 'ContainerRuntimeUnhealthy', status: 'True' },
    holdSeconds: paced(plan, 10),
  },
]

const inPlaceDiagnoses: readonly JsonObject[] = [
  { name: 'disk-full', class: 'Fault', when: 'diskFull', treatments: ['free-disk', 'power-cycle'] },
  {
    name: 'runtime-dead',
    class: 'Fault',
    when: 'runtimeDown',
    treatments: ['restart-containerd', 'restart-kubelet', 'power-cycle'],
  },
]

const paced = ({ pacePercent }: PolicyPlan, ordinarySeconds: number): number =>
  Math.max(1, Math.round((ordinarySeconds * pacePercent) / 100))

/** What is heard from the API server beside conditions. */
const clusterSignals = (plan: PolicyPlan): readonly JsonObject[] => [
  { name: 'leaseStill', lease: {}, holdSeconds: paced(plan, 60) },
  { name: 'ioErrors', nodeEvent: { reason: 'IOError', count: 3, windowSeconds: 600 } },
  {
    name: 'podsCrash',
    bootGraceSeconds: paced(plan, 60),
    podSymptom: { symptom: 'CrashLooping', pods: 2, namespaces: 2, stuckSeconds: Math.max(10, paced(plan, 60)) },
  },
]

const clusterDiagnoses: readonly JsonObject[] = [
  { name: 'lease-still', class: 'Fault', when: 'leaseStill', treatments: ['power-cycle'] },
  { name: 'runtime-sick', class: 'Fault', when: 'ioErrors || podsCrash', treatments: ['reboot', 'power-cycle'] },
]
