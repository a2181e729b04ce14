import { quarantineLookMs, treatPollMs } from '../../api/pacing.ts'
import { uncordon } from './cordon.ts'
import type { Decision } from './decision.ts'
import { withdrawal } from './node-job.ts'
import type { Observation } from './observation.ts'
import { carried, move, releaseSlot, stay } from './outcome.ts'
import type { StepNamed } from './step.ts'

/** Waits for a person, by intent and under an alert. The cordon stays, the slot goes back: nothing that waits for people holds one. */
export function decideQuarantined(seen: Observation): Decision {
  const { run, step } = seen
  if (run.spec.retry > step.retry) {
    const next = { ...carried(seen), retry: run.spec.retry, name: 'Approving', rung: 0, deadline: undefined } as const
    return move(next, 'RemediationRetried', `retry ${run.spec.retry} was asked for: first rung again`)
  }
  const commands = [...(withdrawal(seen) ?? []), ...releaseSlot(seen)]
  const cause = step.name === 'Quarantined' ? step.cause : 'TreatmentsExhausted'
  const held = { reason: cause, message: 'waits for a person to cancel or to retry' }
  return stay('people are waited for', {
    commands,
    wakeAfterMs: commands.length > 0 ? treatPollMs : quarantineLookMs,
    held,
  })
}

/**
 * The door by which success and failure leave. It closes only when job, cordon, marks and slot are seen gone; the slot last, for
 * until then the node is disrupted.
 */
export function decideReleasing(seen: Observation, step: StepNamed<'Releasing'>): Decision {
  const { node, run } = seen
  const job = withdrawal(seen)
  if (job !== undefined) return stay('the node job is withdrawn', { commands: job, wakeAfterMs: treatPollMs })
  const cordon = node.kind === 'Present' ? uncordon(node.node, run) : []
  if (cordon.length > 0) return stay('the node is given back', { commands: cordon, wakeAfterMs: treatPollMs })
  // A claim that was sent may have landed although the step never moved on: so the ledger is asked in any case.
  if (seen.ledger.kind === 'Unavailable') return stay('the ledger cannot be read', { wakeAfterMs: treatPollMs })
  const slot = releaseSlot(seen)
  if (slot.length > 0) return stay('the slot is given back', { commands: slot, wakeAfterMs: treatPollMs })
  return move(
    { ...carried(seen), name: 'Done', outcome: step.outcome },
    'NodeReleased',
    `node ${run.spec.node.name} is given back`,
  )
}

export function decideDone({ run }: Observation): Decision {
  if (!run.hasFinalizer) return { kind: 'Settled' }
  return stay('the run is over', { commands: [{ kind: 'SetFinalizer', kept: false }], wakeAfterMs: treatPollMs })
}
