import { BrokenInvariantError } from '../kernel/assert.ts'
import { minutes, seconds } from '../kernel/time.ts'
import {
  ConflictError,
  clusterTravelMaxMs,
  ExpiredError,
  NotFoundError,
  powerTravelMaxMs,
  RefusedError,
  ThrottledError,
  TimeoutError,
  UnavailableError,
} from '../ports/errors.ts'
import type { BackoffLimits } from './backoff.ts'
import { GuardGapError, NotLeadingError, StaleEvidenceError } from './fenced.ts'
import { InertError } from './inert.ts'

/** What a throw out of a reconcile means for its key. */
export type Failure =
  | { readonly kind: 'Outage'; readonly wait: Wait }
  /** Nothing is wrong: somebody was faster, or it is not our turn. */
  | { readonly kind: 'NotNow'; readonly wait: Wait }
  | { readonly kind: 'Refused'; readonly wait: Wait }
  /** The program is wrong about this key. */
  | { readonly kind: 'Defect'; readonly wait: Wait }
  /** The program is wrong about itself, and must stop. */
  | { readonly kind: 'Broken' }

export type Wait =
  | { readonly kind: 'Hold'; readonly ms: number }
  | { readonly kind: 'BackOff'; readonly limits: BackoffLimits }

/** The one place that decides what a throw means: by class, and along the causes. */
export function failureOf(error: unknown): Failure {
  if (error instanceof BrokenInvariantError) return { kind: 'Broken' }
  const known = knownFailure(error)
  if (known !== undefined) return known
  return error instanceof Error && error.cause !== undefined
    ? failureOf(error.cause)
    : { kind: 'Defect', wait: defectBackoff }
}

function knownFailure(error: unknown): Failure | undefined {
  if (error instanceof TimeoutError) return { kind: 'Outage', wait: hold(lostEffectHoldMs) }
  if (error instanceof UnavailableError) return { kind: 'Outage', wait: outageBackoff }
  if (error instanceof ThrottledError) return { kind: 'Outage', wait: hold(error.retryAfterMs) }
  if (error instanceof GuardGapError) return { kind: 'NotNow', wait: hold(error.retryAfterMs) }
  if (error instanceof NotLeadingError) return { kind: 'NotNow', wait: hold(notLeadingHoldMs) }
  if (error instanceof StaleEvidenceError) return { kind: 'NotNow', wait: movedBackoff }
  if (isMoved(error)) return { kind: 'NotNow', wait: movedBackoff }
  if (error instanceof RefusedError || error instanceof InertError) return { kind: 'Refused', wait: refusedBackoff }
  return undefined
}

/** What was read is no longer so: look again. */
const isMoved = (error: unknown): boolean =>
  error instanceof ConflictError || error instanceof NotFoundError || error instanceof ExpiredError

const hold = (ms: number): Wait => ({ kind: 'Hold', ms })
const backOff = (firstMs: number, longestMs: number): Wait => ({ kind: 'BackOff', limits: { firstMs, longestMs } })

/** Longer than a lost effect can travel, so that the next look finds nothing of ours still under way. */
export const lostEffectHoldMs = Math.max(clusterTravelMaxMs, powerTravelMaxMs) + seconds(1)
const notLeadingHoldMs = seconds(1)
const movedBackoff = backOff(50, seconds(5))
const outageBackoff = backOff(seconds(1), seconds(30))
const refusedBackoff = backOff(seconds(10), minutes(5))
const defectBackoff = backOff(seconds(1), minutes(5))
