import { isControlPlane, type Node } from '../../api/core/node.ts'
import type { GateName } from '../../api/gates.ts'
import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Instant } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'
import { notExcluded } from '../policy/exclusion.ts'
import { isActing, type PreparedPolicy } from '../policy/prepared-policy.ts'
import type { PolicySelection } from '../policy/select-policy.ts'
import type { Finding } from './diagnose.ts'
import { attemptsLeft, cooldownOver } from './history-gates.ts'
import type { SignalSeen } from './hold.ts'
import { selected } from './selected-gate.ts'
import { diagnosed, holdElapsed, signalFresh } from './signal-gates.ts'
import type { SignalMemory } from './signal-memory.ts'

/** What the node's own gates may know. */
export interface OwnGatesView {
  readonly node: Node
  readonly now: Instant
  readonly selection: PolicySelection
  /** Of the policy that is shown. */
  readonly signals: readonly SignalSeen[]
  readonly finding: Finding
  readonly memory: SignalMemory
  /** Of this node, over all policies. */
  readonly starts: readonly Start[]
}

/** The gates that are the node's own, always all of them, in the order in which people read them. */
export function ownGates(view: OwnGatesView): readonly GateAnswer[] {
  const { selection, node, now } = view
  const policy = selection.kind === 'None' ? undefined : selection.policy
  const asked = (gate: GateName, ask: (policy: PreparedPolicy) => GateAnswer): GateAnswer =>
    policy === undefined ? notReached(gate) : ask(policy)
  return [
    selected(selection, node.metadata.labels),
    notExcluded(node, now),
    asked('SignalFresh', (policy) => signalFresh(policy, view)),
    asked('HoldElapsed', () => holdElapsed(view)),
    asked('Diagnosed', (policy) => diagnosed(policy, view)),
    controlPlaneSafe(node),
    asked('CooldownOver', ({ spec }) => cooldownOver(spec.limits, view)),
    asked('AttemptsLeft', ({ spec }) => attemptsLeft(spec.limits, view)),
    asked('ModeActs', (policy) => modeActs(policy, view.finding)),
  ]
}

/** The question cannot be put: no policy, no diagnosis. */
const notReached = (gate: GateName): GateAnswer => ({ gate, result: 'NotReached' })

function controlPlaneSafe(node: Node): GateAnswer {
  if (!isControlPlane(node)) return pass('ControlPlaneSafe', 'not a control-plane node')
  const label = Object.keys(node.metadata.labels).find((key) =>
    /^node-role\.kubernetes\.io\/(control-plane|master)$/.test(key),
  )
  return hold('ControlPlaneSafe', 'ControlPlaneNode', {
    message: `the node bears the label ${label}, and this version treats no control-plane node`,
    unblockedBy: 'people',
  })
}

function modeActs({ name, spec }: PreparedPolicy, finding: Finding): GateAnswer {
  if (isActing(spec)) return pass('ModeActs', spec.mode)
  const rung = finding.kind === 'Matched' ? finding.diagnosis.treatments[0] : undefined
  const would = rung === undefined ? '' : `; it would begin with ${rung}`
  return hold('ModeActs', 'ObserveMode', {
    message: `policy ${name} is in mode Observe${would}`,
    unblockedBy: 'a change of the policy',
  })
}
