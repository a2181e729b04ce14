import type { SignalState } from '../../api/v1alpha1/node-health.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { type Instant, later, monoLater, parseTime, seconds } from '../../kernel/time.ts'
import type { SignalClaim } from './evidence.ts'
import type { HeldState, Moment, SignalMemory } from './signal-memory.ts'

/** A signal with its claim, since when it stands, and how much of its hold is left. */
export interface SignalSeen {
  readonly signal: Signal
  readonly claim: SignalClaim
  readonly since: Instant
  /** Zero: the hold has elapsed. */
  readonly leftMs: number
  /** When the hold ends if the signal stays True. */
  readonly holdUntil: Instant
  /** Milliseconds until time alone changes the claim; undefined: it does not. */
  readonly changesMs: number | undefined
}

export const heldKey = (policyName: string, signalName: string): string => `${policyName}/${signalName}`

/** Some writers name another beginning with everything they say. They are doubted so often, and then no more. */
const turnsMax = 3

/**
 * A state that we have seen all along may have been away while we could not look. Its source tells: it names another beginning. How
 * long ago that was is not asked, for that is the word of another clock: the hold begins anew.
 */
export function held(
  previous: HeldState | undefined,
  { claim: { state, saidSince }, now, mono }: Moment & { readonly claim: Pick<SignalClaim, 'state' | 'saidSince'> },
): HeldState {
  if (previous === undefined || previous.state !== state)
    return { state, since: now, armedAt: mono, armedTime: now, saidSince, turns: 0 }
  if (previous.saidSince === saidSince) return previous
  if (state !== 'True' || previous.turns >= turnsMax) return { ...previous, saidSince }
  return { ...previous, armedAt: mono, armedTime: now, saidSince, turns: previous.turns + 1 }
}

interface Standing {
  readonly state: HeldState
  readonly mono: Moment['mono']
  /** What the object says of this signal. */
  readonly stored: SignalState | undefined
  readonly changesMs: number | undefined
}

/**
 * The hold runs on our own clock alone. What people read keeps the times that are stored where the state is the same, for another
 * replica saw it some milliseconds apart, and a change of leader should change no object.
 */
export function signalSeen(
  signal: Signal,
  claim: SignalClaim,
  { state, mono, stored, changesMs }: Standing,
): SignalSeen {
  const holdMs = seconds(signal.holdSeconds)
  const leftMs = claim.state === 'True' ? Math.max(0, monoLater(state.armedAt, holdMs) - mono) : 0
  const known = stored?.state === claim.state ? stored : undefined
  const holdUntil = later(state.armedTime, holdMs)
  const knownUntil = parseTime(known?.holdUntil)
  const isSame = knownUntil !== undefined && (leftMs === 0 || Math.abs(knownUntil - holdUntil) < replicaSpreadMs)
  return {
    signal,
    claim,
    since: parseTime(known?.since) ?? state.since,
    leftMs,
    holdUntil: isSame ? knownUntil : holdUntil,
    changesMs,
  }
}

/** How far apart two replicas may first see the same thing. */
const replicaSpreadMs = seconds(2)

/** Whether a hold still runs that a disturbance set back to its beginning. */
export const isReArmed = ({ reArmedAt, held }: SignalMemory, key: string): boolean =>
  reArmedAt !== undefined && held[key]?.armedAt === reArmedAt
