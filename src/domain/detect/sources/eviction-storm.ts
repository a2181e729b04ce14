import { conditionOf } from '../../../api/core/node.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { rfc3339, seconds } from '../../../kernel/time.ts'
import { andCheck, instantOf } from './clearing-check.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type StormSignal = SignalOf<'evictionStorm'>

export const evictionStormSource: SourceRules<'evictionStorm'> = {
  // What was seen is as old as it is: the window says how long it counts.
  freshnessSeconds: 0,
  bootGraceSeconds: 0,
  claim,
  changesInMs: ({ evictionStorm: { evictions, windowSeconds } }, { sources: { pods }, mono }) => {
    const leaving = pods.kind === 'Unavailable' ? undefined : pods.evictions.at(-evictions)
    return leaving === undefined ? undefined : leaving + seconds(windowSeconds) - mono + 1
  },
  cleared,
}

function claim({ evictionStorm: { evictions, windowSeconds } }: StormSignal, { sources: { pods }, mono }: Look): Claim {
  if (pods.kind === 'Unavailable') return { state: 'Unknown', reason: 'SourceUnavailable', message: pods.message }
  const value = pods.evictions.filter((at) => mono - at < seconds(windowSeconds)).length
  const storm = `${evictions} pods evicted by the kubelet within ${windowSeconds}s`
  return value >= evictions
    ? { state: 'True', message: storm, value }
    : { state: 'False', message: `not ${storm}`, value }
}

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/**
 * Whoever stays under pressure goes on to evict as soon as pods come back. And a moment without an eviction is no end of a storm: there
 * was a boot, a whole window for the next one to come, or the check that the policy names.
 */
function cleared(signal: StormSignal, seen: Clearing): ClearedAnswer {
  const { pods } = seen.sources
  if (pods.kind === 'Unavailable') return { cleared: false, message: pods.message }
  const last = pods.evictions.at(-1)
  if (last !== undefined && instantOf(last, seen) > seen.treatedAt)
    return { cleared: false, message: `a pod was evicted at ${rfc3339(instantOf(last, seen))}` }
  const message = 'no pod was evicted since the treatment'
  const pressure = pressures.find((type) => conditionOf(seen.node, type)?.status === 'True')
  if (pressure !== undefined) return { cleared: false, message: `${message}, but ${pressure} is True` }
  const { windowSeconds } = signal.evictionStorm
  const wasQuiet = seen.now - seen.treatedAt >= seconds(windowSeconds)
  if (signal.clearedWhen === undefined && !seen.bootChanged && !wasQuiet)
    return { cleared: false, message: `${message}, which was less than ${windowSeconds}s ago` }
  return andCheck(signal, seen, { cleared: true, message })
}
