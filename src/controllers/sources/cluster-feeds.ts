import { coreEventKind } from '../../api/core/core-event.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import type { Meter } from '../../ports/meter.ts'
import type { ReflectorPorts } from '../../runtime/reflector.ts'
import type { Informers } from '../informers.ts'
import type { PreparedPolicies } from '../prepared-policies.ts'
import type { Feed } from './feed.ts'
import { LeasePoll } from './lease-poll.ts'
import { NodeBoots } from './node-boots.ts'
import { NodeEvents } from './node-events.ts'
import { NodePods } from './node-pods.ts'
import { WatchWhenAsked } from './watch-when-asked.ts'

interface ClusterFeedPorts extends ReflectorPorts {
  readonly reader: ClusterReader
  readonly meter?: Meter | undefined
  readonly prepared: Pick<PreparedPolicies, 'list'>
  readonly informers: Pick<Informers, 'nodes' | 'pods' | 'runs'>
}

export interface ClusterFeeds {
  readonly feeds: readonly Feed[]
  /** Resolves when the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Everything that is heard from the API server itself. Made before the caches are filled. */
export function clusterFeeds(ports: ClusterFeedPorts): ClusterFeeds {
  const { prepared, informers } = ports
  const isAsked = (which: (signal: Signal) => boolean): boolean =>
    prepared.list().some(({ spec }) => spec.signals.some(which))
  const leases = new LeasePoll({ ...ports, isAsked: () => isAsked(({ lease }) => lease !== undefined) })
  const aboutNodes = new WatchWhenAsked(ports, {
    kind: coreEventKind,
    fieldSelector: 'involvedObject.kind=Node',
    isAsked: () => isAsked(({ nodeEvent, notice }) => nodeEvent !== undefined || notice !== undefined),
    what: 'events about nodes',
  })
  const sandboxes = new WatchWhenAsked(ports, {
    kind: coreEventKind,
    fieldSelector: 'involvedObject.kind=Pod,reason=FailedCreatePodSandBox',
    isAsked: () => isAsked(({ podSymptom }) => podSymptom?.symptom === 'SandboxFailing'),
    what: 'events about sandboxes',
  })
  const pods = new NodePods({ ...ports, ...informers, sandboxes, asks: isAsked })
  const boots = new NodeBoots({ ...ports, ...informers, asks: isAsked })
  return {
    feeds: [
      leases,
      new NodeEvents({ ...ports, watch: aboutNodes, nodes: informers.nodes, asks: isAsked }),
      pods,
      boots,
    ],
    run: async (signal) => {
      await Promise.all([leases, aboutNodes, sandboxes, pods, boots].map(async (feed) => await feed.run(signal)))
    },
  }
}
