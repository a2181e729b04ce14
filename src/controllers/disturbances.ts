import type { Disturbance, Frozen } from '../domain/detect/disturbance.ts'
import { unreachable } from '../kernel/assert.ts'
import { durationInWords, rfc3339 } from '../kernel/time.ts'
import type { ClusterClock } from '../runtime/cluster-clock.ts'
import type { Disturbed, HealthMonitor } from '../runtime/health.ts'

/** What has disturbed this process, in the words of the domain. */
export interface Disturbances {
  /** However long ago. Holds that began before it begin anew. */
  readonly last: () => Disturbance | undefined
  /** While it is set nothing is started, claimed, cordoned, evicted or treated. */
  readonly frozen: () => Frozen
  readonly onChange: (handler: () => void) => void
}

export const disturbancesOf = (
  health: Pick<HealthMonitor, 'last' | 'unsettled' | 'onDisturbed'>,
  clusterClock: Pick<ClusterClock, 'isKnown'>,
): Disturbances => ({
  last: () => inWords(health.last()),
  frozen: () => (clusterClock.isKnown ? inWords(health.unsettled()) : untold),
  onChange: (handler) => health.onDisturbed(handler),
})

const untold: Frozen = { reason: 'SignalStale', message: 'the API server has not told its time yet' }

function inWords(disturbed: Disturbed | undefined): Disturbance | undefined {
  if (disturbed === undefined) return undefined
  const { kind, ms, at, time } = disturbed
  return { reason: kind === 'ClockJump' ? 'ClockJumped' : 'SignalStale', message: sentence(disturbed), at, time, ms }
}

function sentence({ kind, ms, time }: Disturbed): string {
  switch (kind) {
    case 'ClockJump':
      return `the clock jumped by ${ms} ms at ${rfc3339(time)}`
    case 'Stall':
      return `this process stood still for ${durationInWords(ms)} until ${rfc3339(time)}`
    case 'Outage':
      return `the API server did not answer for ${durationInWords(ms)} until ${rfc3339(time)}`
    default:
      return unreachable(kind)
  }
}
