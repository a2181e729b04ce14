import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { rfc3339, seconds } from '../../../kernel/time.ts'
import { passesHealthCheck } from '../health-check.ts'
import { andCheck, instantOf } from './clearing-check.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type RebootSignal = SignalOf<'reboots'>

export const rebootsSource: SourceRules<'reboots'> = {
  freshnessSeconds: 0,
  // The boots are what it is about.
  bootGraceSeconds: 0,
  claim,
  changesInMs: ({ reboots: { windowSeconds } }, look) => {
    const leaving = strange(look).map((at) => at + seconds(windowSeconds) - look.mono + 1)
    const due = [...leaving, ...watchedIn(windowSeconds, look)].filter((ms) => ms > 0)
    return due.length === 0 ? undefined : Math.min(...due)
  },
  cleared,
}

/** When this process will have watched for a whole window, where it is asked what was before. */
const watchedIn = (windowSeconds: number, { stood, mono, sources: { boots } }: Look): readonly number[] =>
  stood && boots.kind === 'Known' ? [boots.watchedSinceMono + seconds(windowSeconds) - mono] : []

/** Boots that nobody here asked for. */
const strange = ({ sources: { boots } }: Pick<Look, 'sources'>) =>
  boots.kind === 'Unavailable' ? [] : boots.boots.flatMap(({ atMono, ours }) => (ours ? [] : [atMono]))

/** What stood before this process began to count is not over because it has not seen it. */
function claim({ reboots: { count, windowSeconds } }: RebootSignal, look: Look): Claim {
  const { boots } = look.sources
  if (boots.kind === 'Unavailable') return { state: 'Unknown', reason: 'SourceUnavailable', message: boots.message }
  const value = strange(look).filter((at) => look.mono - at < seconds(windowSeconds)).length
  const what = `${count} boots within ${windowSeconds}s that were not ours`
  if (value >= count) return { state: 'True', message: what, value }
  const watchedLong = look.mono - boots.watchedSinceMono >= seconds(windowSeconds)
  if (look.stood && !watchedLong)
    return { state: 'Unknown', reason: 'SignalMissing', message: `whether there were ${what} is not known` }
  return { state: 'False', message: `not ${what}`, value }
}

function cleared(signal: RebootSignal, seen: Clearing): ClearedAnswer {
  const last = strange(seen).at(-1)
  if (last !== undefined && instantOf(last, seen) > seen.treatedAt)
    return { cleared: false, message: `the node booted by itself at ${rfc3339(instantOf(last, seen))}` }
  const check = passesHealthCheck('Kubelet', seen)
  return andCheck(signal, seen, { cleared: check.cleared, message: `no boot of its own since; ${check.message}` })
}
