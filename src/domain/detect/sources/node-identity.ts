import { withoutPort } from '../../../kernel/host-address.ts'

/**
 * Labels that may name a node, the surest first. kube-state-metrics writes `node`, and its own address into `instance`: the order
 * matters.
 */
export const nodeLabelsDefault: readonly string[] = ['node', 'nodename', 'provider_id', 'providerID', 'instance']

type Labels = Readonly<Record<string, string>>

/** Which nodes there are, as labels may name them. */
export interface NodeNames {
  readonly has: (name: string) => boolean
  /** Those whose name begins with this and a dot. */
  readonly ofShortName: (shortName: string) => readonly string[]
  readonly ofProviderID: (providerID: string) => readonly string[]
  /** Those that have this IP address or host name. */
  readonly ofAddress: (address: string) => readonly string[]
}

/**
 * The node that labels are about, by the first of these that they carry; of `instance` without its port. Undefined: no node is
 * named, and none is guessed. An empty label is none, as Prometheus has it.
 */
export function nodeNameIn(labels: Labels, nodeLabels: readonly string[] = nodeLabelsDefault): string | undefined {
  const label = nodeLabels.find((name) => (labels[name] ?? '') !== '' && !isProviderID(name))
  return label === undefined ? undefined : nameIn(labels, label)
}

/**
 * The nodes that labels may be about. None: they name none that there is. Several: they contradict each other, or what they say
 * fits more than one, and nobody can tell which.
 */
export function nodesNamedIn(
  labels: Labels,
  nodes: NodeNames,
  nodeLabels: readonly string[] = nodeLabelsDefault,
): readonly string[] {
  const carried = nodeLabels.filter((name) => (labels[name] ?? '') !== '')
  // The address of an exporter: it may stand on another node than it speaks of, so it says something only where nothing else does.
  const sure = carried.filter((name) => name !== 'instance')
  const named = (sure.length === 0 ? carried : sure).map((label) => nodesOf(label, labels, nodes))
  // A name that fits no node is not mended by another label: then the two are not about the same thing.
  if (named.some((names) => names.length === 0)) return []
  const all = new Set(named.flat())
  const agreed = [...all].filter((name) => named.every((names) => names.includes(name)))
  return (agreed.length === 1 ? agreed : [...all]).toSorted()
}

/** Whether any label of these is there. */
export const namesAnyNode = (labels: Labels, nodeLabels: readonly string[] = nodeLabelsDefault): boolean =>
  nodeLabels.some((name) => (labels[name] ?? '') !== '')

function nodesOf(label: string, labels: Labels, nodes: NodeNames): readonly string[] {
  if (isProviderID(label)) return nodes.ofProviderID(labels[label] ?? '')
  const name = nameIn(labels, label) ?? ''
  // A name in full means itself, whatever other names begin with it and whoever else calls itself so.
  return nodes.has(name) ? [name] : [...nodes.ofShortName(name), ...nodes.ofAddress(name)]
}

function nameIn(labels: Labels, label: string): string | undefined {
  const name = label === 'instance' ? withoutPort(labels[label] ?? '') : labels[label]
  return name === '' ? undefined : name
}

const isProviderID = (label: string): boolean => /^provider_?id$/i.test(label)
