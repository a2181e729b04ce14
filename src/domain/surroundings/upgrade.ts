import type { Node } from '../../api/core/node.ts'
import { type Instant, minutes, parseTime, rfc3339 } from '../../kernel/time.ts'
import type { Actor } from './actors-seen.ts'
import { foreignCordon } from './foreign-marks.ts'

/** Whether the nodes of one policy are being upgraded. */
export interface UpgradeSeen {
  /** How many nodes run which version of the kubelet, the newest first. */
  readonly versions: readonly { readonly version: string; readonly nodes: number }[]
  /** What shows that it moves. Undefined: nothing does. */
  readonly moving: string | undefined
}

/** When a kubelet was seen to come back with another version, by node name. */
export type VersionChanges = ReadonlyMap<string, Instant>

/** An upgrade that has shown nothing for so long has stopped. */
const movingForMs = minutes(30)
/** A cordon older than this is no step of an upgrade: somebody has left it there. */
const cordonForMs = minutes(6 * 60)

/**
 * More than one version alone is no upgrade: fleets live with skew for months. Moving it is when a kubelet came back with another
 * version lately, or when a node of an older version is cordoned by somebody else or on its way out.
 */
export function upgradeOf(nodes: readonly Node[], changes: VersionChanges, now: Instant): UpgradeSeen {
  const counts = new Map<string, number>()
  for (const { kubeletVersion } of nodes)
    if (kubeletVersion !== '') counts.set(kubeletVersion, (counts.get(kubeletVersion) ?? 0) + 1)
  const versions = [...counts]
    .map(([version, count]) => ({ version, nodes: count }))
    .toSorted((left, right) => byVersion(right.version, left.version))
  const newest = versions[0]?.version
  if (versions.length < 2 || newest === undefined) return { versions, moving: undefined }
  return { versions, moving: changed(nodes, changes, now) ?? leaving(nodes, newest, now) }
}

function changed(nodes: readonly Node[], changes: VersionChanges, now: Instant): string | undefined {
  const lately = nodes.flatMap(({ metadata: { name } }) => {
    const at = changes.get(name)
    return at !== undefined && now - at < movingForMs ? [{ name, at }] : []
  })
  const [last] = lately.toSorted((left, right) => right.at - left.at || (left.name < right.name ? -1 : 1))
  return last && `node ${last.name} came back with another version at ${rfc3339(last.at)}`
}

function leaving(nodes: readonly Node[], newest: string, now: Instant): string | undefined {
  const older = nodes.filter(({ kubeletVersion }) => kubeletVersion !== newest && kubeletVersion !== '')
  const leaver = older.find((node) => node.metadata.deletionTimestamp !== undefined || isFreshlyCordoned(node, now))
  return leaver && `node ${leaver.metadata.name}, of an older version, is cordoned by somebody else or on its way out`
}

function isFreshlyCordoned(node: Node, now: Instant): boolean {
  if (foreignCordon(node) === undefined) return false
  const since = parseTime(node.cordon?.time)
  return since === undefined || now - since < cordonForMs
}

/** The headline of an upgrade that moves. */
export function upgrading({ versions, moving }: UpgradeSeen): Actor | undefined {
  if (moving === undefined) return undefined
  const all = versions.reduce((sum, { nodes }) => sum + nodes, 0)
  const counts = versions.slice(0, 4).map(({ version, nodes }) => `${nodes} of ${all} nodes run ${version}`)
  return {
    reason: 'UpgradeInProgress',
    message: `${counts.join(', ')}, and ${moving}`,
    unblockedBy: 'all nodes have one version, or nothing moves for half an hour',
  }
}

/** As numbers: v1.9 comes before v1.10. */
function byVersion(left: string, right: string): number {
  const [one, other] = [left, right].map((version) =>
    version
      .split(/\D+/)
      .filter((part) => part !== '')
      .map(Number),
  )
  for (let index = 0; index < 3; index += 1) {
    const difference = (one?.[index] ?? 0) - (other?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return left < right ? -1 : left > right ? 1 : 0
}
