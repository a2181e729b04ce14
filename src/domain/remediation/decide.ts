import { treatPollMs } from '../../api/pacing.ts'
import type { TreatmentStage } from '../../api/v1alpha1/node-remediation.ts'
import { unreachable } from '../../kernel/assert.ts'
import { holdsSlot, needsCanary } from '../budget/ledger.ts'
import { isCordonedBy } from './cordon.ts'
import type { Decision } from './decision.ts'
import { decideDraining } from './draining.ts'
import { decideDone, decideQuarantined, decideReleasing } from './ending.ts'
import { withdrawal } from './node-job.ts'
import type { Observation } from './observation.ts'
import { release, stay } from './outcome.ts'
import { claimSlot, decideApproving, decideClaiming, decideCordoning } from './starting.ts'
import type { Step } from './step.ts'
import { decideTreating } from './treating.ts'
import { disruptingSteps, relievingStages } from './under-way.ts'
import { decideVerifying } from './verifying.ts'

/**
 * Pure and total: every observation has an answer, however odd it is. Each step asks in the same order:
 * is the target gone, is it achieved, is it overdue, and otherwise which commands bring it about?
 */
export function decide(seen: Observation): Decision {
  return superseded(seen) ?? cancelled(seen) ?? kept(seen) ?? withdrawn(seen) ?? reclaimed(seen) ?? decideStep(seen)
}

function decideStep(seen: Observation): Decision {
  const { step } = seen
  switch (step.name) {
    case 'Approving':
      return decideApproving(seen, step)
    case 'Claiming':
      return decideClaiming(seen, step)
    case 'Cordoning':
      return decideCordoning(seen, step)
    case 'Draining':
      return decideDraining(seen, step)
    case 'Treating':
      return decideTreating(seen, step)
    case 'Verifying':
      return decideVerifying(seen, step)
    case 'Quarantined':
      return decideQuarantined(seen)
    case 'Releasing':
      return decideReleasing(seen, step)
    case 'Done':
      return decideDone(seen)
    default:
      return unreachable(step)
  }
}

/** A node that is gone, or another one under its name, ends the run, unless the treatment itself sees to that. */
function superseded(seen: Observation): Decision | undefined {
  const { step, node, run } = seen
  if (node.kind === 'Present' || isOver(step) || isGivingBack(step, node)) return undefined
  const what = node.kind === 'Gone' ? 'has left the cluster' : 'is another one under the same name'
  // The machine may well be there still, and would obey.
  const order = step.name === 'Treating' ? withdrawal(seen) : undefined
  if (order !== undefined)
    return stay(`node ${run.spec.node.name} ${what}: the order to it is withdrawn`, {
      commands: order,
      wakeAfterMs: treatPollMs,
    })
  const outcome =
    run.spec.requestedBy !== undefined && node.kind === 'Gone' && !step.attempted ? 'NodeGone' : 'Superseded'
  return release(seen, outcome, `node ${run.spec.node.name} ${what}`)
}

/**
 * To go is what `replace` is for; and a machine that we switched off is switched on again whatever became of its Node. It has its
 * whole time to boot, unless it is seen to have done so: a kubelet has registered another Node.
 */
const isGivingBack = (step: Step, node: Observation['node']): boolean =>
  step.name === 'Treating' && (givingBack.includes(step.stage) || (step.stage === 'Booting' && node.kind === 'Gone'))

const givingBack: readonly TreatmentStage[] = [
  'PoweringOff',
  'ConfirmingOff',
  'PoweringOn',
  'Deleting',
  'AwaitingReplacement',
]

/** Pods leave as in a drain, and as there it may be stopped at any moment. */
const isRelieving = (step: Step): boolean => step.name === 'Treating' && relievingStages.includes(step.stage)

const isOver = ({ name }: Step): boolean => name === 'Releasing' || name === 'Done'

/** Honoured wherever stopping is safe. While a treatment runs the only way is through: a machine half off helps nobody. */
function cancelled(seen: Observation): Decision | undefined {
  const { step, run } = seen
  if (isOver(step) || (step.name === 'Treating' && !isRelieving(step))) return undefined
  if (run.spec.cancel !== undefined) return release(seen, 'Cancelled', `cancelled: ${run.spec.cancel.reason}`)
  if (run.terminating) return release(seen, 'Cancelled', 'the run was deleted')
  if (isUncordonedByPeople(seen))
    return release(seen, 'Cancelled', `node ${run.spec.node.name} was uncordoned by somebody else`)
  return undefined
}

/**
 * What a person created has nothing yet that keeps it until its node is given back: deleted, it would leave slot, cordon and job
 * behind. So this comes before the first claim, and again should somebody take it away.
 */
function kept(seen: Observation): Decision | undefined {
  const { run, step } = seen
  if (run.hasFinalizer || run.terminating || !owningSteps.includes(step.name)) return undefined
  return stay('the run is kept until its node is given back', {
    commands: [{ kind: 'SetFinalizer', kept: true }],
    wakeAfterMs: treatPollMs,
  })
}

/** An order that landed when its rung was over already. Other steps see to that themselves. */
function withdrawn(seen: Observation): Decision | undefined {
  const isAtRest = ['Treating', 'Quarantined', 'Releasing', 'Done'].includes(seen.step.name)
  if (isAtRest || seen.job === undefined || seen.job.terminating) return undefined
  const commands = withdrawal(seen)
  return commands && stay('a late order to the node is withdrawn', { commands, wakeAfterMs: treatPollMs })
}

const owningSteps: readonly Step['name'][] = [
  'Claiming',
  'Cordoning',
  'Draining',
  'Treating',
  'Verifying',
  'Quarantined',
]

/**
 * A ledger that came back has forgotten who is under way: a run that has cordoned its node says so again before its next effect. And
 * a run that the breaker caught before its treatment may be the canary that tries it out.
 */
function reclaimed(seen: Observation): Decision | undefined {
  const { step, ledger, run } = seen
  if (ledger.kind !== 'Known' || !disruptingSteps.includes(step.name)) return undefined
  const isCanary =
    step.name === 'Draining' && ledger.spec.breakers.some((breaker) => needsCanary(breaker, run.spec.policyName))
  if (holdsSlot(ledger, run.uid) && !isCanary) return undefined
  const commands = claimSlot(seen)
  return commands.length === 0 ? undefined : stay('the slot is claimed again', { commands, wakeAfterMs: treatPollMs })
}

/** Where our cordon was seen, or still bears our name, whoever made the node schedulable again meant it. */
const isUncordonedByPeople = ({ step, node, run }: Observation): boolean =>
  node.kind === 'Present' &&
  !node.node.unschedulable &&
  (['Draining', 'Verifying', 'Quarantined'].includes(step.name) ||
    isRelieving(step) ||
    isCordonedBy(node.node, run.uid))
