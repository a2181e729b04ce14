import { at, listAt, textAt } from '../kernel/json.ts'
import type { Prng } from '../kernel/prng.ts'
import { type Mono, mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import { UnavailableError } from '../ports/errors.ts'
import type { Transport, TransportResponse } from '../ports/transport.ts'
import { retryAfterMs } from './status-error.ts'

export interface WriteLimits {
  /** In the long run. */
  readonly perSecond: number
  /** At once, after a time without any. */
  readonly burst: number
}

/** Far above what trouble on one node needs, far below what would hurt an API server: it protects itself by fairness, too. */
export const writeLimitsDefault: WriteLimits = { perSecond: 200, burst: 200 }

const patienceMs = { default: seconds(1), longest: seconds(30) }

/** How fast one process writes, whatever goes on: a token bucket that rests when the API server asks for patience. */
export class WriteBudget {
  readonly #clock: Clock
  readonly #prng: Prng
  readonly #limits: WriteLimits
  /** When the bucket will be full again, as if nobody wrote: each write moves it on by one interval. */
  #fullAt: Mono = mono(Number.NEGATIVE_INFINITY)
  #restsUntil: Mono = mono(Number.NEGATIVE_INFINITY)
  #rests = 0

  constructor({ clock, prng }: { readonly clock: Clock; readonly prng: Prng }, limits: WriteLimits) {
    this.#clock = clock
    this.#prng = prng
    this.#limits = limits
  }

  /**
   * Resolves when it is this caller's turn, in the order of asking: whether it still is in time. A turn that would come too late is
   * not taken: it would be lost for the others, and where all are in a hurry nobody would ever write.
   */
  async take(notAfter: Mono = forever): Promise<boolean> {
    const { perSecond, burst } = this.#limits
    const now = this.#clock.mono()
    const intervalMs = 1_000 / perSecond
    const fullAt = Math.max(this.#fullAt, now)
    const waitMs = fullAt - now - (burst - 1) * intervalMs
    if (now + Math.max(0, waitMs) > notAfter) return false
    this.#fullAt = mono(fullAt + intervalMs)
    if (waitMs > 0) await this.#clock.sleep(waitMs)
    for (let left = this.#restLeftMs(); left > 0; left = this.#restLeftMs()) await this.#clock.sleep(left)
    return this.#clock.mono() <= notAfter
  }

  /** The API server is busy. Those who were told so together come back apart. */
  rest(ms: number): void {
    this.#rests += 1
    const jitterMs = this.#prng.fork(`rest/${this.#rests}`).int(0, Math.ceil(ms / 4))
    const until = this.#clock.mono() + Math.min(ms, patienceMs.longest) + jitterMs
    this.#restsUntil = mono(Math.max(this.#restsUntil, until))
  }

  #restLeftMs(): number {
    return this.#restsUntil - this.#clock.mono()
  }
}

const forever = mono(Number.POSITIVE_INFINITY)

/** Every write waits its turn, but the renewal of the lease. */
export function paced(transport: Transport, budget: WriteBudget): Transport {
  return {
    request: async (request) => {
      if (request.method === 'GET' || request.lane === 'Lease') return await transport.request(request)
      if (!(await budget.take(request.notAfter)))
        throw new UnavailableError(
          `${request.method} ${request.path}: it waited too long for its turn and was not sent`,
        )
      const answer = await transport.request(request)
      if (asksForPatience(answer)) budget.rest(retryAfterMs(answer) ?? patienceMs.default)
      return answer
    },
    stream: transport.stream,
  }
}

/** A PodDisruptionBudget answers 429 as well, and says nothing of the API server. */
const asksForPatience = ({ status, body }: TransportResponse): boolean =>
  status === 503 ||
  (status === 429 &&
    !listAt(at(body, 'details'), 'causes').some((cause) => textAt(cause, 'reason') === 'DisruptionBudget'))
