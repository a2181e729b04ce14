import { withTransition } from '../../api/conditions.ts'
import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen } from '../../api/v1alpha1/node-remediation.ts'
import type { Condition, GateAnswer } from '../../api/v1alpha1/schema.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { storedAnswer } from '../budget/stored-answer.ts'
import type { PolicySelection } from '../policy/select-policy.ts'
import type { Finding } from './diagnose.ts'
import { type Flaps, flapsOf } from './flapping.ts'
import type { SignalSeen } from './hold.ts'
import type { HealthObservation } from './observation.ts'
import { ownGates } from './own-gates.ts'
import { otherSelected } from './selected-gate.ts'
import { describeSignals } from './signal-gates.ts'
import type { SignalMemory } from './signal-memory.ts'

/** What was found out about one node in this look. */
export interface HealthView {
  readonly seen: HealthObservation
  readonly node: Node
  /** The object as it stands, if it is about this very Node. */
  readonly known: NodeHealth | undefined
  readonly selection: PolicySelection
  readonly byPolicy: ReadonlyMap<string, readonly SignalSeen[]>
  readonly findings: ReadonlyMap<string, Finding>
  readonly memory: SignalMemory
}

/** The whole object but its metadata. No ages: figures that tick are the reader's. */
export function statusOf(view: HealthView): { readonly spec: JsonObject; readonly status: JsonObject } {
  const { node, selection } = view
  const { signals, finding } = shownOf(view)
  const gates = gatesOf(view, signals, finding)
  const policyName = selection.kind === 'None' ? {} : { policyName: selection.policy.name }
  const diagnosis = diagnosisOf(view, finding)
  return {
    spec: { node: { name: node.metadata.name, uid: node.metadata.uid }, ...policyName },
    status: {
      conditions: [healthy(view), heldCondition(view, gates)].map((condition) => ({ ...condition })),
      signals: signals.filter(({ claim }) => claim.state !== 'False').map(signalJson),
      ...(diagnosis === undefined ? {} : { diagnosis }),
      gates: gates.map((answer) => ({ ...storedAnswer(answer) })),
      changes: view.memory.changes.map(rfc3339),
      otherPolicies: otherPolicies(view),
    },
  }
}

/** Why the node counts as unhealthy: a diagnosis whose holds have elapsed. Undefined: it does not. */
export function unhealthyBecause(view: HealthView): string | undefined {
  const { finding } = shownOf(view)
  if (finding.kind !== 'Matched' || finding.held.length > 0) return undefined
  const { name, class: kind, sentence } = finding.diagnosis
  const said = sentence === undefined ? '' : `${sentence} `
  return safeText(`${name} (${kind}): ${said}${describeSignals(finding.signals)}`, 1_024)
}

function shownOf({ selection, byPolicy, findings }: HealthView): {
  readonly signals: readonly SignalSeen[]
  readonly finding: Finding
} {
  const name = selection.kind === 'None' ? '' : selection.policy.name
  return { signals: byPolicy.get(name) ?? [], finding: findings.get(name) ?? { kind: 'None' } }
}

const gatesOf = (view: HealthView, signals: readonly SignalSeen[], finding: Finding): readonly GateAnswer[] =>
  steady(
    ownGates({
      ...view,
      now: view.seen.now,
      nowAtLeast: view.seen.nowAtLeast ?? view.seen.now,
      missingRight: view.seen.missingRight,
      starts: view.seen.starts,
      runs: view.seen.runs,
      around: view.seen.around,
      flaps: flapsSeen(view),
      signals,
      finding,
    }),
    view.known,
  )

const flapsSeen = ({ memory, known, seen }: HealthView): Flaps => {
  const was = known?.status.gates.some(({ reason }) => reason === 'FlappingDetected') ?? false
  return flapsOf(memory.changes, { now: seen.now, was })
}

/** These speak of the whole fleet, whose figures move with every node: only another answer is worth a write. */
const fleetGates: readonly string[] = ['CapacityThere', 'NoOtherActor', 'ControlPlaneSafe', 'DrainFeasible']

function steady(answers: readonly GateAnswer[], known: NodeHealth | undefined): readonly GateAnswer[] {
  return answers.map((answer) => {
    if (!fleetGates.includes(answer.gate)) return answer
    if (answer.result !== 'Pass' && answer.gate !== 'CapacityThere') return answer
    const before = known?.status.gates.find(({ gate }) => gate === answer.gate)
    return before?.result === answer.result && before.reason === answer.reason ? before : answer
  })
}

function healthy(view: HealthView): Condition {
  const { signals, finding } = shownOf(view)
  const unhealthy = unhealthyBecause(view)
  if (unhealthy !== undefined)
    return condition(view, 'Healthy', { status: 'False', reason: 'SignalsUnhealthy', message: unhealthy })
  const standing = signals.filter(({ claim }) => claim.state === 'True')
  if (standing.length > 0) {
    return condition(view, 'Healthy', { status: 'True', reason: 'AtRisk', message: describeSignals(standing) })
  }
  const unknown =
    finding.kind === 'Unknown' ? finding.unknown : signals.filter(({ claim }) => claim.state === 'Unknown')
  if (unknown.length > 0) {
    return condition(view, 'Healthy', {
      status: 'Unknown',
      reason: 'SignalsUnknown',
      message: describeSignals(unknown),
    })
  }
  return condition(view, 'Healthy', { status: 'True', reason: 'SignalsHealthy', message: 'no signal is True' })
}

/** A node that is being treated is not held back; what holds its run stands in the run. */
function heldCondition(view: HealthView, gates: readonly GateAnswer[]): Condition {
  const run = view.seen.runs.find((candidate) => isOpen(candidate) && candidate.spec?.dryRun === false)
  if (run !== undefined) {
    return condition(view, 'Held', {
      status: 'False',
      reason: 'RunInProgress',
      message: `run ${run.metadata.name} is open`,
    })
  }
  const headline = gates.find(({ result }) => result === 'Hold' || result === 'Unknown')
  if (shownOf(view).finding.kind === 'None' || headline === undefined) {
    const message = 'no gate of the node itself holds; the shared ones stand in the policy'
    return condition(view, 'Held', { status: 'False', reason: 'NotHeld', message })
  }
  return condition(view, 'Held', {
    status: 'True',
    reason: headline.reason ?? headline.gate,
    message: headline.message ?? '',
  })
}

const condition = (
  { known, seen }: HealthView,
  type: string,
  said: Pick<Condition, 'status' | 'reason' | 'message'>,
): Condition =>
  withTransition({ type, ...said, message: safeText(said.message, 1_024) }, known?.status.conditions ?? [], seen.now)

const signalJson = ({ signal, claim, since, holdUntil }: SignalSeen): JsonObject => ({
  name: claim.name,
  state: claim.state,
  since: rfc3339(since),
  ...(claim.state === 'True' && signal.holdSeconds > 0 ? { holdUntil: rfc3339(holdUntil) } : {}),
  ...(claim.reason === undefined ? {} : { reason: claim.reason }),
  message: safeText(claim.message, 512),
})

function diagnosisOf({ memory, selection, seen }: HealthView, finding: Finding): JsonObject | undefined {
  if (finding.kind !== 'Matched' || selection.kind === 'None') return undefined
  const { name, class: kind, urgency, confidence, sentence } = finding.diagnosis
  const bout = memory.bouts[selection.policy.name]
  const since = rfc3339(bout?.since ?? seen.now)
  return {
    name,
    class: kind,
    urgency,
    confidence,
    ...(sentence === undefined ? {} : { sentence }),
    since,
    episode: bout?.episode ?? '',
    message: safeText(describeSignals(finding.signals), 512),
  }
}

/** One line for each: what its own ladder would be headed by. */
function otherPolicies(view: HealthView): readonly JsonObject[] {
  const { selection, node, byPolicy, findings } = view
  if (selection.kind === 'None') return []
  return selection.others.slice(0, 16).map((other) => {
    const { policy } = other
    const answer = otherSelected(other, selection.policy, node.metadata.labels)
    const alone = { ...view, selection: { kind: 'Selected', policy, others: [] } } as const
    const gates = gatesOf(alone, byPolicy.get(policy.name) ?? [], findings.get(policy.name) ?? { kind: 'None' })
    const headline = answer ?? gates.find(({ result }) => result === 'Hold' || result === 'Unknown')
    return { policyName: policy.name, reason: headline?.reason ?? 'None' }
  })
}
