import { conditionOf } from '../../../api/core/node.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { type Instant, minutes, parseTime, rfc3339, seconds } from '../../../kernel/time.ts'
import { passesHealthCheck } from '../health-check.ts'
import { andCheck } from './clearing-check.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type StartupSignal = SignalOf<'startup'>

/** A kubelet says False when it registers, and the control plane Unknown a minute after it has fallen silent. */
const firstWordsMs = minutes(3)

export const startupSource: SourceRules<'startup'> = {
  freshnessSeconds: 0,
  // The time of starting is what it is about.
  bootGraceSeconds: 0,
  claim,
  changesInMs: ({ startup }, { node, now }) => {
    const createdAt = parseTime(node.metadata.creationTimestamp)
    const leftMs = createdAt === undefined ? 0 : createdAt + seconds(startup.timeoutSeconds) - now
    return leftMs > 0 ? leftMs : undefined
  },
  cleared,
}

/** The age of a Node is that of the API server, whose clock ours follows. */
function claim({ startup: { timeoutSeconds } }: StartupSignal, { node, now, stood }: Look): Claim {
  const createdAt = parseTime(node.metadata.creationTimestamp)
  const ready = conditionOf(node, 'Ready')
  if (ready?.status === 'True') return { state: 'False', message: 'the node is Ready' }
  if (createdAt === undefined)
    return { state: 'Unknown', reason: 'SignalMissing', message: 'when the Node was made is not known' }
  if (now - createdAt < seconds(timeoutSeconds))
    return { state: 'False', message: `the Node is younger than ${timeoutSeconds}s` }
  const message = `the Node was made at ${rfc3339(createdAt)} and has not become Ready within ${timeoutSeconds}s`
  if (stood || hasNeverTurned(ready, createdAt)) return { state: 'True', message }
  return { state: 'Unknown', reason: 'SignalMissing', message: 'whether the node has ever been Ready is not known' }
}

/** Ready has been said once, at the beginning, or never. Whatever moved later may have been True in between. */
function hasNeverTurned(ready: ReturnType<typeof conditionOf>, createdAt: Instant): boolean {
  if (ready === undefined || ready.reason === 'NodeStatusNeverUpdated') return true
  const turnedAt = parseTime(ready.lastTransitionTime)
  return turnedAt !== undefined && turnedAt - createdAt < firstWordsMs
}

function cleared(signal: StartupSignal, seen: Clearing): ClearedAnswer {
  return andCheck(signal, seen, passesHealthCheck('Kubelet', seen))
}
