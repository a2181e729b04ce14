import type { Node } from '../../api/core/node.ts'
import type { GateName } from '../../api/gates.ts'
import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Instant } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'
import { notExcluded } from '../policy/exclusion.ts'
import { isActing, type PreparedPolicy } from '../policy/prepared-policy.ts'
import type { PolicySelection } from '../policy/select-policy.ts'
import {
  firstRung,
  type gatesOfSurroundings,
  type Surroundings,
  surroundingGates,
} from '../surroundings/surroundings.ts'
import type { Finding } from './diagnose.ts'
import type { Flaps } from './flapping.ts'
import { attemptsLeft, cooldownOver } from './history-gates.ts'
import type { SignalSeen } from './hold.ts'
import { selected } from './selected-gate.ts'
import { diagnosed, holdElapsed, signalFresh } from './signal-gates.ts'
import type { SignalMemory } from './signal-memory.ts'
import { restsUnanswered } from './unanswered.ts'

/** What the node's own gates may know. */
export interface OwnGatesView {
  readonly node: Node
  readonly now: Instant
  /** Left out: `now`. */
  readonly nowAtLeast?: Instant
  readonly missingRight?: string | undefined
  readonly selection: PolicySelection
  /** Of the policy that is shown. */
  readonly signals: readonly SignalSeen[]
  readonly finding: Finding
  readonly memory: SignalMemory
  /** Of this node, over all policies. */
  readonly starts: readonly Start[]
  /** On this node. */
  readonly runs: readonly NodeRemediation[]
  readonly flaps: Flaps
  /** Undefined: nobody has looked. */
  readonly around: Surroundings | undefined
}

/** The gates that are the node's own, always all of them, in the order in which people read them. */
export function ownGates(view: OwnGatesView): readonly GateAnswer[] {
  const { selection, node, now, nowAtLeast = now } = view
  const history = { ...view, now: nowAtLeast }
  const policy = selection.kind === 'None' ? undefined : selection.policy
  const asked = (gate: GateName, ask: (policy: PreparedPolicy) => GateAnswer): GateAnswer =>
    policy === undefined ? notReached(gate) : ask(policy)
  const around = gatesAround(view, policy)
  const askedAround = (gate: (typeof gatesOfSurroundings)[number]): GateAnswer => around.get(gate) ?? notReached(gate)
  return [
    selected(selection, node.metadata.labels),
    notExcluded(node, nowAtLeast),
    asked('SignalFresh', (policy) => signalFresh(policy, view)),
    asked('HoldElapsed', () => holdElapsed(view)),
    asked('Diagnosed', (policy) => diagnosed(policy, view)),
    askedAround('NoOtherActor'),
    askedAround('WindowOpen'),
    askedAround('ControlPlaneSafe'),
    asked('CooldownOver', (policy) => rested(policy, history)),
    asked('AttemptsLeft', ({ spec }) => attemptsLeft(spec.limits, history)),
    askedAround('CapacityThere'),
    askedAround('DrainFeasible'),
    asked('ModeActs', (policy) => modeActs(policy, view)),
    askedAround('ProviderReady'),
  ]
}

/** The question cannot be put: no policy, no diagnosis. */
const notReached = (gate: GateName): GateAnswer => ({ gate, result: 'NotReached' })

/** Asked of a node that has a diagnosis; its surroundings are looked at for no other. By the clock that triage goes by. */
function gatesAround(view: OwnGatesView, policy: PreparedPolicy | undefined): ReadonlyMap<string, GateAnswer> {
  const { node, now, nowAtLeast = now, runs, around, finding } = view
  if (policy === undefined || around === undefined || finding.kind !== 'Matched') return new Map()
  const { diagnosis } = finding
  return new Map(
    surroundingGates({ node, now: nowAtLeast, policy, diagnosis, runs, around }).map((answer) => [answer.gate, answer]),
  )
}

/** A node rests from its last run, and people from a question that they have not answered. */
function rested(policy: PreparedPolicy, { finding, runs, starts, now }: OwnGatesView): GateAnswer {
  const cooled = cooldownOver(policy.spec.limits, { starts, now })
  if (cooled.result !== 'Pass' || finding.kind !== 'Matched') return cooled
  const { confidence } = finding.diagnosis
  const treatment = firstRung(policy.spec, finding.diagnosis)
  return restsUnanswered({ policy, treatment, confidence, runs, now }) ?? cooled
}

function modeActs({ name, spec }: PreparedPolicy, { finding, missingRight }: OwnGatesView): GateAnswer {
  if (isActing(spec)) return missingRight === undefined ? pass('ModeActs', spec.mode) : rightsMissing(missingRight)
  const rung = finding.kind === 'Matched' ? finding.diagnosis.treatments[0] : undefined
  const would = rung === undefined ? '' : `; it would begin with ${rung}`
  return hold('ModeActs', 'ObserveMode', {
    message: `policy ${name} is in mode Observe${would}`,
    unblockedBy: 'a change of the policy',
  })
}

export const rightsMissing = (right: string): GateAnswer =>
  hold('ModeActs', 'RightsMissing', {
    message: `the operator may not ${right}`,
    unblockedBy: `the right: \`kubectl auth can-i ${right}\` as the operator`,
  })
