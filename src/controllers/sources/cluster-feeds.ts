import type { SignalSource } from '../../api/v1alpha1/signal-sources.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { ReflectorPorts } from '../../runtime/reflector.ts'
import type { PreparedPolicies } from '../prepared-policies.ts'
import type { Feed } from './feed.ts'
import { LeasePoll } from './lease-poll.ts'

interface ClusterFeedPorts extends Pick<ReflectorPorts, 'clock' | 'log'> {
  readonly reader: ClusterReader
  readonly prepared: Pick<PreparedPolicies, 'list'>
}

export interface ClusterFeeds {
  readonly feeds: readonly Feed[]
  /** Resolves when the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Everything that is heard from the API server itself, beside nodes and pods. */
export function clusterFeeds({ clock, log, reader, prepared }: ClusterFeedPorts): ClusterFeeds {
  const isAsked = (source: SignalSource): boolean =>
    prepared.list().some(({ spec }) => spec.signals.some((signal) => signal[source] !== undefined))
  const leases = new LeasePoll({ clock, log, reader, isAsked: () => isAsked('lease') })
  return {
    feeds: [leases],
    run: async (signal) => await leases.run(signal),
  }
}
