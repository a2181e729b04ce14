import type { KubeObject } from '../../api/kind.ts'
import type { DisruptionLedger, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { Change } from '../../runtime/cache.ts'
import type { WorkQueue } from '../../runtime/work-queue.ts'
import type { FeedChange } from '../sources/feed.ts'
import type { HealthPorts } from './ports.ts'

/** Which keys, node names, a change wakes. What happened is not remembered: it is read. */
export function watch(queue: WorkQueue, ports: HealthPorts): void {
  ports.providers.onAnswer((nodeName) => queue.add(nodeName))
  const { nodes, policies, runs, health, ledger, alerts, sources, disturbances } = ports
  const wakeAll = (): void => {
    for (const { metadata } of nodes.list()) queue.add(metadata.name)
  }
  nodes.onChange(({ key }) => queue.add(key))
  health.onChange(({ key }) => queue.add(key))
  policies.onChange((change) => {
    if (isAnotherSpec(change)) wakeAll()
    // Our own figures have moved: they stand in the gates of nodes in trouble, and five thousand healthy ones have none.
    else for (const { metadata } of health.list()) queue.add(metadata.name)
  })
  disturbances.onChange(wakeAll)
  runs.onChange(({ old, new: run }) => {
    const nodeName = (run ?? old)?.spec?.node.name
    if (nodeName !== undefined) queue.add(nodeName)
  })
  ledger.onChange((change) => {
    for (const nodeName of nodesOfChangedStarts(change)) queue.add(nodeName)
  })
  const wakeNamed = ({ everything, nodeNames }: FeedChange): void => {
    if (everything) wakeAll()
    for (const nodeName of nodeNames) queue.add(nodeName)
  }
  alerts.onChange(wakeNamed)
  sources.onChange(wakeNamed)
}

export const isAnotherSpec = ({ old, new: now }: Pick<Change<KubeObject>, 'old' | 'new'>): boolean =>
  old?.metadata.uid !== now?.metadata.uid || old?.metadata.generation !== now?.metadata.generation

/** A slot that moves on one node is no news for the others. */
function nodesOfChangedStarts(change: {
  readonly old: DisruptionLedger | undefined
  readonly new: DisruptionLedger | undefined
}): ReadonlySet<string> {
  const [before, now] = [startsOf(change.old), startsOf(change.new)]
  const changed = [...before, ...now].filter(([key]) => !(before.has(key) && now.has(key)))
  return new Set(changed.map(([, nodeName]) => nodeName))
}

const startsOf = (ledger: DisruptionLedger | undefined): ReadonlyMap<string, string> =>
  new Map((ledger?.spec?.starts ?? []).map((start) => [keyOf(start), start.nodeName]))

const keyOf = ({ runUID, startTime, endTime, attempt }: Start): string =>
  [runUID, startTime, endTime, attempt].join('/')
