import { seconds } from '../kernel/time.ts'
import type { ClusterWriter } from '../ports/cluster.ts'
import { clusterTravelMaxMs, powerTravelMaxMs } from '../ports/errors.ts'
import type { Power } from '../ports/power.ts'
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

export interface FenceOptions {
  /** How long a new leader waits before its first power command. */
  readonly guardGapMs: number
}

/** Three times what a power command may travel. */
const defaultGuardGapMs = seconds(30)

/**
 * No effect starts unless the lease outlives the longest time that it can travel: status writes too, for the step licenses the
 * next effect. Written out without a spread, so that a new effect stops the build until it is fenced.
 */
export function fenced(
  { cluster, power }: Effects,
  leadership: Pick<Leadership, 'remainingMs' | 'leadingForMs'>,
  { guardGapMs }: FenceOptions = { guardGapMs: defaultGuardGapMs },
): Effects {
  const mayTravel = (travelMaxMs: number): void => {
    const remainingMs = leadership.remainingMs()
    if (remainingMs < travelMaxMs)
      throw new NotLeadingError(
        `the lease ends in ${Math.floor(remainingMs)} ms, the effect may travel ${travelMaxMs} ms`,
      )
  }
  const mayCommandPower = (): void => {
    mayTravel(powerTravelMaxMs)
    const ledMs = leadership.leadingForMs() ?? 0
    if (ledMs >= guardGapMs) return
    const waitMs = Math.ceil(guardGapMs - ledMs)
    throw new GuardGapError(
      `power commands wait ${waitMs} ms more, until none of the leader before can be under way`,
      waitMs,
    )
  }

  return {
    cluster: {
      create: async (kind, object) => {
        mayTravel(clusterTravelMaxMs)
        return await cluster.create(kind, object)
      },
      patch: async (kind, ref, patch) => {
        mayTravel(clusterTravelMaxMs)
        return await cluster.patch(kind, ref, patch)
      },
      remove: async (kind, ref, options) => {
        mayTravel(clusterTravelMaxMs)
        await cluster.remove(kind, ref, options)
      },
      evict: async (pod, options) => {
        mayTravel(clusterTravelMaxMs)
        return await cluster.evict(pod, options)
      },
    },
    power: {
      // Reading changes nothing: it needs no lease.
      read: async (bmc) => await power.read(bmc),
      turnOff: async (bmc) => {
        mayCommandPower()
        await power.turnOff(bmc)
      },
      turnOn: async (bmc) => {
        mayCommandPower()
        await power.turnOn(bmc)
      },
    },
  }
}
