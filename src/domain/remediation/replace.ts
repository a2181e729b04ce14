import { treatPollMs } from '../../api/pacing.ts'
import { parseTime } from '../../kernel/time.ts'
import type { Decision } from './decision.ts'
import { mayDisrupt } from './gates.ts'
import type { Observation } from './observation.ts'
import { isOverdue, move, nextRung, release, stay, waitForLeave } from './outcome.ts'
import type { Treating } from './step.ts'

/**
 * The machine goes back to its provider: its NodeClaim is deleted, the old Node is seen gone, and a newer claim of the same pool
 * is seen Ready. The Node object itself is never deleted: that would replace nothing.
 */
export function decideReplace(seen: Observation, step: Treating): Decision {
  return step.stage === 'AwaitingReplacement' ? decideAwaiting(seen, step) : decideDeleting(seen, step)
}

function decideDeleting(seen: Observation, step: Treating): Decision {
  const { node, run, now, claims } = seen
  if (node.kind !== 'Present') {
    return move(
      { ...step, stage: 'AwaitingReplacement', stageSince: now },
      'TreatmentProgressed',
      `node ${run.spec.node.name} is gone`,
    )
  }
  if (isOverdue(seen, step)) return nextRung(seen, step.rung, `node ${run.spec.node.name} was not given back in time`)
  if (step.claim === undefined) return nextRung(seen, step.rung, `no NodeClaim stands for node ${run.spec.node.name}`)
  if (claims.kind !== 'Known') return stay('NodeClaims cannot be read', { wakeAfterMs: treatPollMs })
  const { uid, name } = step.claim
  const claim = claims.claims.find(({ metadata }) => metadata.uid === uid)
  if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) {
    return stay('the provider takes the node back', { wakeAfterMs: treatPollMs })
  }
  if (!mayDisrupt(seen)) return waitForLeave()
  return stay('the NodeClaim is deleted', {
    commands: [{ kind: 'GiveBackClaim', claimName: name, uid }],
    wakeAfterMs: treatPollMs,
  })
}

function decideAwaiting(seen: Observation, step: Treating): Decision {
  const { run } = seen
  const replacement = replacementOf(seen, step)
  if (replacement !== undefined) {
    return release(
      seen,
      'NodeReplaced',
      `node ${run.spec.node.name} is gone, ${replacement} of pool ${step.claim?.pool ?? ''} is Ready`,
    )
  }
  if (isOverdue(seen, step))
    return release(
      seen,
      'TreatmentsExhausted',
      `node ${run.spec.node.name} is gone, and no replacement became Ready in time`,
    )
  return stay('the replacement is awaited', { wakeAfterMs: treatPollMs })
}

/**
 * A claim that is younger than the run: the pods that the drain sent away may have called for it before ours was deleted. One may
 * stand for two nodes that went: how many new ones the pods need is the provider's to say.
 */
function replacementOf({ claims, run }: Observation, { claim }: Treating): string | undefined {
  if (claims.kind !== 'Known' || claim === undefined) return undefined
  const younger = claims.claims.filter(
    ({ metadata, nodePool, ready, nodeName }) =>
      nodePool === claim.pool &&
      ready &&
      metadata.uid !== claim.uid &&
      metadata.deletionTimestamp === undefined &&
      (parseTime(metadata.creationTimestamp) ?? 0) >= Math.floor(run.createdAt / 1_000) * 1_000 &&
      claims.readyNodes.includes(nodeName),
  )
  return younger.map(({ nodeName }) => nodeName).toSorted()[0]
}
