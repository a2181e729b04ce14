import { type Mono, mono, seconds } from '../kernel/time.ts'

/** So many requests a second in the long run, and so many at once. */
export interface RequestRateLimits {
  readonly perSecond: number
  readonly burst: number
}

/** A bucket of tokens, on a clock that it is told. */
export class RequestRate {
  readonly #limits: RequestRateLimits
  #tokens: number
  #filledAt = mono(Number.NEGATIVE_INFINITY)

  constructor(limits: RequestRateLimits) {
    this.#limits = limits
    this.#tokens = limits.burst
  }

  /** Whether one more request may come now; if so, it counts. */
  take(now: Mono): boolean {
    const { perSecond, burst } = this.#limits
    const gained = ((now - this.#filledAt) / seconds(1)) * perSecond
    this.#tokens = Math.min(burst, this.#tokens + Math.max(0, gained))
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
