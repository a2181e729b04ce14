import type { Pod } from '../../api/core/pod.ts'

/** By which labels the operators of databases and queues say who leads. A new one is a line here. */
const roleLabels: readonly string[] = [
  'app.kubernetes.io/role',
  'cnpg.io/instanceRole',
  'k8s.mariadb.com/role',
  'kubeblocks.io/role',
  'mysql.oracle.com/cluster-role',
  'postgres-operator.crunchydata.com/role',
  'redisfailovers-role',
  'role',
  'spilo-role',
  'vault-active',
]

/** What they call it. */
const leading: ReadonlySet<string> = new Set(['active', 'leader', 'master', 'primary', 'true'])

/** Where a leader goes, others have to elect a new one. */
export const leads = ({ metadata: { labels } }: Pod): boolean =>
  roleLabels.some((label) => leading.has((labels[label] ?? '').toLowerCase()))

export const isOnNodeDisk = ({ localVolumes }: Pod): boolean => localVolumes.length > 0

/**
 * Who goes first: pods with data on the node last of all, then the least important, then followers before their leaders. A name
 * decides the rest, so that two looks at the same pods never differ.
 */
export function inEvictionOrder(left: Pod, right: Pod): number {
  return (
    Number(isOnNodeDisk(left)) - Number(isOnNodeDisk(right)) ||
    left.priority - right.priority ||
    Number(leads(left)) - Number(leads(right)) ||
    byText(left.metadata.namespace, right.metadata.namespace) ||
    byText(left.metadata.name, right.metadata.name) ||
    byText(left.metadata.uid, right.metadata.uid)
  )
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
