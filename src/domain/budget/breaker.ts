import type { Breaker, LedgerSpec } from '../../api/v1alpha1/disruption-ledger.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'
import type { Excess } from './excess.ts'

/**
 * The breaker of one scope, as a pure step. Nothing but a person or a verified canary closes it:
 *
 *     Closed ─ an excess ─► Open ─ it is gone ─► Cooling ─ long enough ─► HalfOpen ─ the canary helped ─► Closed
 *                             ▲                     │                        │
 *                             └──── a new excess ───┴── a new excess, or the canary failed
 *
 * A canary that shows nothing, since people or the node itself ended it, lets it cool anew. A person who acknowledges the trip
 * closes it wherever it stands; it stays listed until its cause is gone, so that the same cause does not trip twice. Undefined is
 * Closed.
 */
export function nextBreaker(current: Breaker | undefined, seen: BreakerSeen): Breaker | undefined {
  if (current === undefined) return seen.excesses[0] && tripped(seen, seen.excesses[0])
  if (isAcknowledged(current, seen.acknowledged)) return afterAcknowledgement(current, seen)
  const anew = seen.excesses.find((excess) => isNews(excess, current))
  if (anew !== undefined) return staysOpen(current, anew) ? grown(current, anew) : tripped(seen, anew)
  // Half a list is no reason to go on, and none to close.
  if (seen.isDoubtful) return current
  switch (current.state) {
    case 'Open':
      return { ...current, state: 'Cooling', coolingSince: rfc3339(seen.now) }
    case 'Cooling':
      return afterCooling(current, seen)
    default:
      return afterCanary(current, seen)
  }
}

export interface BreakerSeen {
  readonly scope: string
  readonly now: Instant
  readonly excesses: readonly Excess[]
  /** The figures are in doubt. */
  readonly isDoubtful: boolean
  readonly acknowledged: readonly string[]
  readonly coolingMs: number
  /** How long this process has itself seen it cool, by its monotonic clock: a clock that jumps shortens nothing. */
  readonly seenCoolingMs: number
  readonly canary: Canary
  /** Given to a new trip. Never used before. */
  readonly tripID: string
}

/** What became of the run that tries a half-open breaker out. Lost: the ledger knows neither slot nor start of it. */
export type Canary = 'None' | 'Running' | 'Helped' | 'Failed' | 'NoVerdict' | 'Lost'

export function canaryOf({ canaryRunUID }: Breaker, { slots, starts }: LedgerSpec): Canary {
  if (canaryRunUID === undefined) return 'None'
  if (slots.some(({ runUID }) => runUID === canaryRunUID)) return 'Running'
  const start = starts.find(({ runUID }) => runUID === canaryRunUID)
  if (start?.endTime === undefined) return 'Lost'
  return start.verdict ?? 'NoVerdict'
}

export const isAcknowledged = ({ state, tripID }: Breaker, acknowledged: readonly string[]): boolean =>
  state === 'Acknowledged' || acknowledged.includes(tripID)

/** What a person has seen when he acknowledged the trip: no more nodes, or not many more, and no run that failed since. */
export function isCovered(excess: Excess, trip: Breaker): boolean {
  if (excess.happenedAt !== undefined) return !isNews(excess, trip)
  return countsNodes(excess.input)
    ? countsNodes(trip.input) && !hasGrown(excess.figure, trip)
    : excess.input === trip.input && excess.ledgerUID === trip.ledgerUID
}

/** However it was counted, how many nodes are ill is one matter. */
const countsNodes = (input: Breaker['input']): boolean => input === 'MaxUnhealthy' || input === 'CorrelatedFailures'

const growthMin = 1.25
const hasGrown = (figure: number, trip: Breaker): boolean => figure > trip.figure * growthMin

/** What happened before the trip has tripped it. */
export const isNews = ({ happenedAt }: Excess, { tripTime }: Breaker): boolean =>
  happenedAt === undefined || happenedAt > (parseTime(tripTime) ?? happenedAt)

/** A ledger that was replaced is a trip of its own, for the guard must not remember the new one before it stands there. */
const staysOpen = ({ state, input, ledgerUID }: Breaker, anew: Excess): boolean =>
  state === 'Open' && (anew.input !== 'LedgerReplaced' || (input === 'LedgerReplaced' && ledgerUID === anew.ledgerUID))

const tripped = ({ scope, now, tripID }: BreakerSeen, { input, message, figure, ledgerUID }: Excess): Breaker => ({
  scope,
  state: 'Open',
  tripID,
  tripTime: rfc3339(now),
  input,
  message: safeText(message, 512),
  figure,
  ...(ledgerUID === undefined ? {} : { ledgerUID }),
})

/** It is the same trip; people read the figures of today once they have changed much. */
const grown = (trip: Breaker, { input, message, figure }: Excess): Breaker =>
  countsNodes(trip.input) && countsNodes(input) && hasGrown(figure, trip)
    ? { ...trip, message: safeText(message, 512), figure }
    : trip

function afterAcknowledgement(current: Breaker, seen: BreakerSeen): Breaker | undefined {
  const { canaryRunUID: _, coolingSince: __, ...trip } = current
  const anew = seen.excesses.find((excess) => !isCovered(excess, current))
  if (anew !== undefined) return tripped(seen, anew)
  if (seen.excesses.length === 0 && !seen.isDoubtful) return undefined
  return { ...trip, state: 'Acknowledged' }
}

function afterCooling(current: Breaker, { now, coolingMs, seenCoolingMs }: BreakerSeen): Breaker {
  const since = parseTime(current.coolingSince)
  // A time that cannot be read or is still to come says nothing: the whole time again.
  if (since === undefined || since > now) return { ...current, coolingSince: rfc3339(now) }
  return Math.min(now - since, seenCoolingMs) < coolingMs ? current : { ...current, state: 'HalfOpen' }
}

function afterCanary(current: Breaker, seen: BreakerSeen): Breaker | undefined {
  const { canaryRunUID, ...without } = current
  switch (seen.canary) {
    case 'Helped':
      return undefined
    case 'Failed':
      return tripped(seen, canaryExcess(`the canary ${canaryRunUID} did not help`))
    case 'Lost':
      return tripped(seen, canaryExcess(`nobody knows what became of the canary ${canaryRunUID}`))
    // It has shown nothing, and so it has not shown that the trouble is over.
    case 'NoVerdict':
      return { ...without, state: 'Cooling', coolingSince: rfc3339(seen.now) }
    default:
      return current
  }
}

const canaryExcess = (message: string): Excess => ({ input: 'FailedRuns', message, figure: 1 })
