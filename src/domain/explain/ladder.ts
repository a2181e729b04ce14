import type { Node } from '../../api/core/node.ts'
import { type GateName, sharedGates, startGates } from '../../api/gates.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import type { Instant } from '../../kernel/time.ts'
import { attemptsCounted } from '../detect/history-gates.ts'
import { type Attended, attentionOf, type Believed, conditionOf, isActing } from './attention.ts'
import { computedOwnGates } from './computed-gates.ts'
import type { LadderParts } from './ladder-parts.ts'
import { startedGates, treatAnswers } from './run-gates.ts'
import { sharedAnswer } from './shared-gates.ts'

/** Why a node is treated, or is not: every gate with its answer, in the order in which people read them. */
export interface Ladder extends Attended {
  readonly node: Node
  readonly now: Instant
  /** The policy whose gates these are. */
  readonly policy: NodeRemediationPolicy | undefined
  readonly health: NodeHealth | undefined
  readonly run: NodeRemediation | undefined
  /** How many attempts the node has had by the window of the policy, this one included; undefined where that is not known. */
  readonly attempt: number | undefined
  readonly gates: readonly GateAnswer[]
}

/**
 * One ladder from objects that each hold a part of it: the node's own gates from its NodeHealth, the shared ones from policy,
 * pauses and ledger, those of a run under way from the run. The same in `why`, console, event and notification.
 */
export function joinLadder(parts: LadderParts): Ladder {
  const { node, now } = parts
  const { health, run } = believedOf(parts)
  const computed = computedOwnGates(parts)
  const policyName = run?.spec?.policyName ?? health?.spec?.policyName ?? computed.policyName
  const policy = parts.policies.find(({ metadata }) => metadata.name === policyName)
  const own = health?.status.gates ?? computed.gates
  const start = startGates.map((gate) =>
    sharedGates.includes(gate) ? sharedAnswer(gate, policy, parts) : ownAnswer(gate, own, parts),
  )
  const gates = run === undefined ? start : [...startedGates(start, run), ...treatAnswers(run)]
  return {
    node,
    now,
    policy,
    health,
    run,
    attempt: attemptOf(parts, policy),
    gates,
    ...attended(parts, { health, run }),
  }
}

/** Of a Node that was recreated under the old name nothing is believed yet, and a rehearsal is no run under way. */
const believedOf = ({ health, run, node }: LadderParts): Believed => ({
  health: health?.spec?.node.uid === node.metadata.uid ? health : undefined,
  run: run !== undefined && isActing(run) ? run : undefined,
})

/** Where health or run cannot be read nobody may say that the node is well. */
const attended = ({ unreadable }: LadderParts, believed: Believed): Attended =>
  unreadable?.health === undefined && unreadable?.run === undefined
    ? attentionOf(believed)
    : { attention: 'Unknown', since: undefined }

function attemptOf({ ledger, node, now }: LadderParts, policy: NodeRemediationPolicy | undefined): number | undefined {
  const starts = ledger?.spec?.starts.filter(({ nodeUID }) => nodeUID === node.metadata.uid)
  return starts && policy?.spec && attemptsCounted(policy.spec.limits, { starts, now })
}

/** What stands in the way, in one answer. Undefined: nothing does. */
export function headline({ gates, run }: Pick<Ladder, 'gates' | 'run'>): GateAnswer | undefined {
  const first = gates.find(({ result }) => result === 'Hold' || result === 'Unknown')
  const held = conditionOf(run?.status.conditions ?? [], 'Held')
  if (held?.status !== 'True') return first
  const answer = gates.find(({ reason }) => reason === held.reason)
  return answer ?? { gate: 'Held', result: 'Hold', reason: held.reason, message: held.message }
}

function ownAnswer(gate: GateName, own: readonly GateAnswer[], { unreadable }: LadderParts): GateAnswer {
  const problem = unreadable?.health ?? unreadable?.policies
  if (problem !== undefined)
    return { gate, result: 'Unknown', message: `the health of the node cannot be read: ${problem}` }
  return (
    own.find((answer) => answer.gate === gate) ?? {
      gate,
      result: 'Unknown',
      message: 'the operator has not answered yet',
    }
  )
}
