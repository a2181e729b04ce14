import { powerLandedMs } from '../api/pacing.ts'

/**
 * How long after it was sent a request may still act on the world, per port. The fence (before an effect) and the hold
 * (after an unknown outcome) both stand on it.
 */
export const clusterTravelMaxMs = 6_000
export const powerTravelMaxMs = powerLandedMs

/** The caller stopped waiting, or the connection broke. The effect happened, will happen, or never will. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** Nothing was sent, or the other side said that it did nothing: it could not be reached, or is not ready. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
}

/** Nothing was sent, for the API server cannot be reached: said once already, by whoever met it first. */
export class UnreachableError extends UnavailableError {}

/** Somebody wrote first, and nothing was changed. */
export class ConflictError extends Error {
  override readonly name: string = 'ConflictError'
}

/** A create met an object of the same name, and nothing was changed. */
export class AlreadyExistsError extends ConflictError {
  override readonly name = 'AlreadyExistsError'
}

export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/** The other side is busy and asks for patience; nothing was changed. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError'
  readonly retryAfterMs: number
  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** The resourceVersion or the continue token is too old: list again. */
export class ExpiredError extends Error {
  override readonly name = 'ExpiredError'
}

/** Will not help to retry: forbidden, invalid, unsupported. `reason` is the other side's own word. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly status: number
  readonly reason: string
  constructor(message: string, { status, reason }: { readonly status: number; readonly reason: string }) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** An outage: the world, not the program, is in trouble, and a later try may succeed. */
export const isOutage = (error: unknown): boolean =>
  error instanceof TimeoutError ||
  error instanceof UnavailableError ||
  error instanceof ConflictError ||
  error instanceof ThrottledError ||
  (error instanceof Error && error.cause !== undefined && isOutage(error.cause))
