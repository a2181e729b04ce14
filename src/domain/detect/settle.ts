import type { ConditionStatus } from '../../api/core/node.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
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
  /** Until time alone changes the answer; undefined: it does not. */
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
    settling: {
      samples,
      sampledAt: claim.sampledAt ?? before?.sampledAt,
      stood: settled.state === 'Unknown' ? (before?.stood ?? false) : settled.state === 'True',
      leavingSince: lingers ? leavingSince : undefined,
    },
    leftMs: lingers ? lastsMs : undefined,
  }
}

const left = ({ message }: SignalClaim, { leaveSeconds }: Signal): string => `${message}, not for ${leaveSeconds}s yet`

/** A source that does not answer any more: what it said before is as old as it is, and no figure of now. */
const isSilence = ({ state, sampledAt }: SignalClaim): boolean => state === 'Unknown' && sampledAt === undefined

/** The same answer looked at twice is one sample. */
function sampled(before: Settling | undefined, { samples }: Signal, { state, sampledAt }: SignalClaim) {
  const known = before?.samples ?? []
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
