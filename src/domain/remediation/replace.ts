import type { NodeClaim } from '../../api/core/kinds.ts'
import { treatPollMs } from '../../api/pacing.ts'
import { type Instant, parseTime } from '../../kernel/time.ts'
import type { Decision } from './decision.ts'
import { mayDisrupt } from './gates.ts'
import type { Observation } from './observation.ts'
import { isOverdue, move, nextRung, release, stay, waitForLeave } from './outcome.ts'
import type { Step, Treating } from './step.ts'

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
function replacementOf({ claims, run }: Observation, step: Treating): string | undefined {
  if (claims.kind !== 'Known') return undefined
  const younger = successorsAmong(claims.claims, step, run.createdAt)
  return younger
    .map(({ nodeName }) => nodeName)
    .filter((nodeName) => claims.readyNodes.includes(nodeName))
    .toSorted()[0]
}

/** Whose nodes have to be looked at: those of a large fleet are not. Nobody, unless a replacement is awaited. */
export function successorsAmong(claims: readonly NodeClaim[], step: Step, createdAt: Instant): readonly NodeClaim[] {
  if (step.name !== 'Treating' || step.stage !== 'AwaitingReplacement' || step.claim === undefined) return []
  const { pool, uid } = step.claim
  return claims.filter(
    ({ metadata, nodePool, ready }) =>
      nodePool === pool &&
      ready &&
      metadata.uid !== uid &&
      metadata.deletionTimestamp === undefined &&
      (parseTime(metadata.creationTimestamp) ?? 0) >= Math.floor(createdAt / 1_000) * 1_000,
  )
}
