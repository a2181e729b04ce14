import type { ConditionStatus } from '../../api/core/node.ts'
import { pollSeconds } from '../../api/pacing.ts'
import { type Signal, sourceOf } from '../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../api/v1alpha1/signal-sources.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { SignalClaim } from './evidence.ts'
import type { Moment } from './signal-memory.ts'

/** What has to be remembered of a signal so that one odd answer makes no trouble and ends none. */
export interface Settling {
  /** The last answers of a source that is polled, the oldest first. */
  readonly samples: readonly ConditionStatus[]
  readonly sampledAt: Mono | undefined
  /** Whether it counted as True when it was last known. */
  readonly stood: boolean
  /** Since when it has been plainly False, while it still counts as True. */
  readonly leavingSince: Mono | undefined
}

export interface Settled {
  readonly claim: SignalClaim
  readonly settling: Settling
  /** Until time alone changes the answer, or another sample may; undefined: neither does. */
  readonly leftMs: number | undefined
}

/** What a source says at this moment, made steady: enough of the last samples, and gone for long enough. */
export function settle(
  before: Settling | undefined,
  { signal, claim, mono }: Pick<Moment, 'mono'> & { readonly signal: Signal; readonly claim: SignalClaim },
): Settled {
  const samples = sampled(before, signal, claim)
  const counted = signal.samples === undefined || isSilence(claim) ? claim : byCount(claim, samples, signal.samples)
  const leavingSince = leaving(before, counted, mono)
  const lastsMs = leavingSince === undefined ? 0 : seconds(signal.leaveSeconds) - (mono - leavingSince)
  const lingers = lastsMs > 0
  const settled = lingers
    ? { ...counted, state: 'True' as const, reason: undefined, message: left(counted, signal) }
    : counted
  return {
    claim: settled,
    settling: keptIfSame(before, {
      samples,
      sampledAt: claim.sampledAt ?? before?.sampledAt,
      stood: settled.state === 'Unknown' ? (before?.stood ?? false) : settled.state === 'True',
      leavingSince: lingers ? leavingSince : undefined,
    }),
    leftMs: soonest(lingers ? lastsMs : undefined, nextSampleMs(signal, claim, samples)),
  }
}

/** The very one of before where nothing is new. Samples to which none has come are the very same list. */
function keptIfSame(before: Settling | undefined, now: Settling): Settling {
  const isSame =
    before?.samples === now.samples &&
    before.sampledAt === now.sampledAt &&
    before.stood === now.stood &&
    before.leavingSince === now.leavingSince
  return isSame ? before : now
}

/**
 * Who only counts is not told of an answer that says the same again, and a dead node says nothing that would wake anybody: until
 * the last samples are all alike it is looked at again.
 */
function nextSampleMs(signal: Signal, claim: SignalClaim, samples: readonly ConditionStatus[]): number | undefined {
  if (signal.samples === undefined || isSilence(claim)) return undefined
  const source = sourceOf(signal)
  if (!isPolled(source)) return undefined
  const isSettled = samples.length >= signal.samples.of && samples.every((state) => state === claim.state)
  return isSettled ? undefined : seconds(pollSeconds[source])
}

const isPolled = (source: SignalSource): source is keyof typeof pollSeconds => Object.hasOwn(pollSeconds, source)

/** The first of two moments at which time alone changes something. What is unknown or over changes nothing. */
export function soonest(left: number | undefined, right: number | undefined): number | undefined {
  if (!isAhead(left)) return isAhead(right) ? right : undefined
  return isAhead(right) ? Math.min(left, right) : left
}

const isAhead = (ms: number | undefined): ms is number => ms !== undefined && ms > 0

const left = ({ message }: SignalClaim, { leaveSeconds }: Signal): string => `${message}, not for ${leaveSeconds}s yet`

/** A source that does not answer any more: what it said before is as old as it is, and no figure of now. */
const isSilence = ({ state, sampledAt }: SignalClaim): boolean => state === 'Unknown' && sampledAt === undefined

const none: readonly ConditionStatus[] = []

/** The same answer looked at twice is one sample. */
function sampled(before: Settling | undefined, { samples }: Signal, { state, sampledAt }: SignalClaim) {
  const known = before?.samples ?? none
  if (samples === undefined || sampledAt === undefined || sampledAt === before?.sampledAt) return known
  return [...known, state].slice(-samples.of)
}

/** What is missing or Unknown could have been either: only what no answer of it could change is known. */
function byCount(
  claim: SignalClaim,
  samples: readonly ConditionStatus[],
  { atLeast, of }: NonNullable<Signal['samples']>,
): SignalClaim {
  const yes = samples.filter((state) => state === 'True').length
  const no = samples.filter((state) => state === 'False').length
  const needed = `${atLeast} of the last ${of} samples`
  if (yes >= atLeast)
    return { ...claim, state: 'True', reason: undefined, message: `True in ${needed}; ${claim.message}` }
  if (of - no < atLeast)
    return { ...claim, state: 'False', reason: undefined, message: `not True in ${needed}; ${claim.message}` }
  const message = `whether it is True in ${needed} is not known yet; ${claim.message}`
  return { ...claim, state: 'Unknown', reason: claim.reason ?? 'SignalMissing', message }
}

/** Silence is no leaving: only a plain False is on its way out, and it begins anew after each relapse and each silence. */
function leaving(before: Settling | undefined, { state }: SignalClaim, mono: Mono): Mono | undefined {
  if (state !== 'False' || before?.stood !== true) return undefined
  return before.leavingSince ?? mono
}
