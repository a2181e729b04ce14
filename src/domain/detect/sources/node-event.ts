import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { safeText } from '../../../kernel/hostile-text.ts'
import { type Mono, parseTime, seconds } from '../../../kernel/time.ts'
import { matchesPattern } from '../../policy/pattern.ts'
import type { EventHeard, EventsSeen } from '../sources-seen.ts'
import { andCheck, instantOf } from './clearing-check.ts'
import type { Claim, ClearedAnswer, Clearing, Look, SourceRules } from './source.ts'

type EventSignal = SignalOf<'nodeEvent'>

export const nodeEventSource: SourceRules<'nodeEvent'> = {
  // What was heard is as old as it is: the window says how long it counts.
  freshnessSeconds: 0,
  bootGraceSeconds: 0,
  claim,
  // The latest leaves the window, and before it the first of those that it was joined with.
  changesInMs: (signal, look) => {
    const leaving = counted(signal, look).flatMap(({ atMono, overMs }) => {
      const leavesInMs = atMono + windowMs(signal) - look.mono + 1
      return [leavesInMs, leavesInMs - overMs].filter((ms) => ms > 0)
    })
    const whole = wholeInMs(look.sources.events, look.mono, windowMs(signal))
    const changing = whole === undefined ? leaving : [...leaving, whole]
    return changing.length === 0 ? undefined : Math.min(...changing)
  },
  cleared,
}

const windowMs = ({ nodeEvent }: EventSignal): number => seconds(nodeEvent.windowSeconds)

/** Three-valued: of what was joined before we looked, some may have been earlier than the window. */
function claim(signal: EventSignal, look: Look): Claim {
  const { events } = look.sources
  const { reason, count, windowSeconds } = signal.nodeEvent
  const heard = counted(signal, look)
  const tallies = heard.map((event) => tally(event, windowMs(signal) - (look.mono - event.atMono), look))
  const least = sum(tallies.map((one) => one.least))
  const newest = heard.toSorted((left, right) => right.atMono - left.atMono)[0]
  const quoted = newest === undefined || newest.message === '' ? '' : `, such as "${newest.message}"`
  const asked = `event ${reason} ${count} times within ${windowSeconds}s`
  const message = safeText(`${asked}${quoted}`, 512)
  if (least >= count) return { state: 'True', message, value: least }
  if (events.kind === 'Unavailable')
    return { state: 'Unknown', reason: 'SourceUnavailable', message: safeText(`${asked}: ${events.message}`, 512) }
  if (isCutShort(events, look.mono, windowMs(signal)))
    return { state: 'Unknown', reason: 'SignalMissing', message: `${asked}: ${tooManyEvents}` }
  if (sum(tallies.map((one) => one.most)) < count) return { state: 'False', message: `not ${asked}`, value: least }
  return { state: 'Unknown', reason: 'SignalMissing', message: `${asked}: how many of them is not known yet` }
}

export const tooManyEvents = 'there were too many events to keep all that its window reaches'

/** Whether the window reaches back to where some are missing: then nobody knows that there was none. */
export const isCutShort = ({ missingUntil }: Pick<EventsSeen, 'missingUntil'>, at: Mono, reachMs: number): boolean =>
  missingUntil !== undefined && at - missingUntil < reachMs

/** When the window reaches no longer to where some are missing. Undefined: it does not. */
export const wholeInMs = (events: EventsSeen, at: Mono, reachMs: number): number | undefined =>
  events.missingUntil !== undefined && isCutShort(events, at, reachMs) ? events.missingUntil + reachMs - at : undefined

/** Those that the window reaches. */
const counted = (signal: EventSignal, look: Look): readonly EventHeard[] =>
  meant(signal, look).filter(({ atMono }) => look.mono - atMono < windowMs(signal))

/** Events of this kind, about this very Node. */
function meant({ nodeEvent }: EventSignal, look: Look): readonly EventHeard[] {
  const { reason, component, messageMatches } = nodeEvent
  return look.sources.events.heard.filter(
    (event) =>
      event.reason === reason &&
      (component === undefined || event.component === component) &&
      isAbout(event, look) &&
      matchesPattern(messageMatches, event.message),
  )
}

/** Whoever keeps the UID of a Node at hand may name one that is gone, and kubelets write the name: then its age decides. */
export function isAbout({ regardingUID, atMono }: EventHeard, look: Pick<Look, 'node' | 'now' | 'mono'>): boolean {
  const { uid, name, creationTimestamp } = look.node.metadata
  if (regardingUID === uid) return true
  const createdAt = parseTime(creationTimestamp)
  const isNamed = regardingUID === '' || regardingUID === name
  return isNamed && (createdAt === undefined || instantOf(atMono, look) >= createdAt)
}

/** `leftMs`: how far the window reaches back before the latest of them. */
function tally({ count, overMs, regardingUID, atMono }: EventHeard, leftMs: number, { node, now, mono }: Look) {
  const createdAt = parseTime(node.metadata.creationTimestamp)
  const isOfThisLife =
    regardingUID === node.metadata.uid ||
    createdAt === undefined ||
    instantOf(atMono, { now, mono }) - overMs >= createdAt
  return { least: overMs <= leftMs && isOfThisLife ? count : 1, most: count }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

/**
 * Nobody says that an event is over. It counts as gone when none has come since the treatment, and there was a boot, a whole window
 * to come in, or the check that the policy names.
 */
function cleared(signal: EventSignal, seen: Clearing): ClearedAnswer {
  const { events } = seen.sources
  const { reason, windowSeconds } = signal.nodeEvent
  if (events.kind === 'Unavailable') return { cleared: false, message: events.message }
  const since = meant(signal, seen).filter(({ atMono }) => instantOf(atMono, seen) > seen.treatedAt)
  if (since.length > 0) return { cleared: false, message: `event ${reason} came again after the treatment` }
  if (isCutShort(events, seen.mono, seen.now - seen.treatedAt)) return { cleared: false, message: tooManyEvents }
  const message = `no event ${reason} since the treatment`
  const hadTime = seen.now - seen.treatedAt >= seconds(windowSeconds)
  if (signal.clearedWhen === undefined && !seen.bootChanged && !hadTime)
    return { cleared: false, message: `${message}, which was less than ${windowSeconds}s ago` }
  return andCheck(signal, seen, { cleared: true, message })
}
