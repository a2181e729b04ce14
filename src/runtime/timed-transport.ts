import type { Mono } from '../kernel/time.ts'
import type { Transport, TransportResponse } from '../ports/transport.ts'
import { type ClusterClock, serverTimeOf } from './cluster-clock.ts'
import type { HealthMonitor } from './health.ts'

export interface Listeners {
  readonly clusterClock: Pick<ClusterClock, 'mono' | 'note'>
  readonly health: Pick<HealthMonitor, 'answered'>
}

/** Every answer tells two things beside its own: that the API server is there, and what time it is. */
export function timed(transport: Transport, { clusterClock, health }: Listeners): Transport {
  const hear = (askedAt: Mono, answer: TransportResponse): void => {
    if (answer.status >= 500) return
    health.answered()
    const serverTime = serverTimeOf(answer)
    if (serverTime !== undefined) clusterClock.note({ askedAt, answeredAt: clusterClock.mono(), serverTime })
  }
  return {
    request: async (request) => {
      const askedAt = clusterClock.mono()
      const answer = await transport.request(request)
      hear(askedAt, answer)
      return answer
    },
    stream: async (request, signal) => {
      const askedAt = clusterClock.mono()
      const stream = await transport.stream(request, signal)
      hear(askedAt, stream)
      return stream
    },
  }
}
