import { type Mono, monoLater, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterWriter } from '../ports/cluster.ts'
import { clusterTravelMaxMs, powerTravelMaxMs } from '../ports/errors.ts'
import type { Power } from '../ports/power.ts'
import type { Transport } from '../ports/transport.ts'
import { clusterOver } from './client.ts'
import type { Leadership } from './leader-election.ts'

/** Everything that changes the world. */
export interface Effects {
  readonly cluster: ClusterWriter
  readonly power: Power
}

/** Nothing was sent, because the lease might end while it travels. */
export class NotLeadingError extends Error {
  override readonly name: string = 'NotLeadingError'
}

/** Nothing was sent: a BMC takes no fencing token, and a command of the leader before us may still be under way. */
export class GuardGapError extends NotLeadingError {
  override readonly name = 'GuardGapError'
  readonly retryAfterMs: number
  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** Nothing was sent: what was read is too old to act upon. Look again. */
export class StaleEvidenceError extends Error {
  override readonly name = 'StaleEvidenceError'
}

export interface FencePorts {
  readonly clock: Pick<Clock, 'mono'>
  readonly leadership: Pick<Leadership, 'remainingMs' | 'leadingForMs'>
  readonly transport: Transport
  readonly power: Power
}

export interface FenceOptions {
  /** How long a new leader waits before its first power command. */
  readonly guardGapMs: number
  /** How old evidence may be at the moment at which an effect leaves. */
  readonly evidenceMaxAgeMs?: number
}

/** Live reads take milliseconds; after this long the world may be another one. */
const evidenceMaxAgeMsDefault = seconds(10)

/**
 * The only door to the world. No effect starts unless the lease outlives the longest time that it can travel: status writes too,
 * for the step licenses the next effect. The moment after which it must not leave any more goes down with the request, so that
 * one that waited for a connection is refused right before it is written.
 */
export class Fence {
  readonly #ports: FencePorts
  readonly #options: FenceOptions

  constructor(ports: FencePorts, options: FenceOptions) {
    this.#ports = ports
    this.#options = options
  }

  /** For what rests on no live read: what is said of the world, and what gives back. */
  get effects(): Effects {
    return this.#effects(undefined)
  }

  /** For what rests on live reads that began at `readAt`: refused as soon as these are too old. */
  readonly onEvidenceOf = (readAt: Mono): Effects =>
    this.#effects(monoLater(readAt, this.#options.evidenceMaxAgeMs ?? evidenceMaxAgeMsDefault))

  /** Written out without a spread, so that a new effect stops the build until it is fenced. */
  #effects(staleAt: Mono | undefined): Effects {
    const { transport, power } = this.#ports
    const before = (travelMaxMs: number): Mono => this.#leaveBefore(travelMaxMs, staleAt)
    const writer = (): ClusterWriter => clusterOver(leavingBefore(transport, before(clusterTravelMaxMs)))
    const beforeCommand = (): Mono => {
      const notAfter = before(powerTravelMaxMs)
      this.#keepGuardGap()
      return notAfter
    }
    return {
      cluster: {
        create: async (kind, object) => await writer().create(kind, object),
        patch: async (kind, ref, patch) => await writer().patch(kind, ref, patch),
        remove: async (kind, ref, options) => await writer().remove(kind, ref, options),
        evict: async (pod, options) => await writer().evict(pod, options),
      },
      power: {
        // Reading changes nothing: it needs no lease.
        read: async (bmc) => await power.read(bmc),
        turnOff: async (bmc) => await power.turnOff(bmc, beforeCommand()),
        turnOn: async (bmc) => await power.turnOn(bmc, beforeCommand()),
      },
    }
  }

  #leaveBefore(travelMaxMs: number, staleAt: Mono | undefined): Mono {
    const { clock, leadership } = this.#ports
    const remainingMs = leadership.remainingMs()
    if (remainingMs < travelMaxMs)
      throw new NotLeadingError(
        `the lease ends in ${Math.floor(remainingMs)} ms, the effect may travel ${travelMaxMs} ms`,
      )
    const now = clock.mono()
    if (staleAt !== undefined && now > staleAt)
      throw new StaleEvidenceError(`what was read is ${Math.ceil(now - staleAt)} ms too old to act upon`)
    const fencedAt = monoLater(now, remainingMs - travelMaxMs)
    return staleAt !== undefined && staleAt < fencedAt ? staleAt : fencedAt
  }

  #keepGuardGap(): void {
    const ledMs = this.#ports.leadership.leadingForMs() ?? 0
    const { guardGapMs } = this.#options
    if (ledMs >= guardGapMs) return
    const waitMs = Math.ceil(guardGapMs - ledMs)
    throw new GuardGapError(
      `power commands wait ${waitMs} ms more, until none of the leader before can be under way`,
      waitMs,
    )
  }
}

/** Reads may leave whenever they like: they change nothing. */
const leavingBefore = (transport: Transport, notAfter: Mono): Transport => ({
  request: async (request) => await transport.request(request.method === 'GET' ? request : { ...request, notAfter }),
  stream: transport.stream,
})
