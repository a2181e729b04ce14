/** kube-state-metrics writes `node`, and its own address into `instance`: the order matters. */
export const nodeLabelsDefault: readonly string[] = ['node', 'nodename', 'instance']

/**
 * The node that labels are about, by the first of these that they carry; of `instance` without its port. Undefined: no node is
 * named, and none is guessed. An empty label is none, as Prometheus has it.
 */
export function nodeNameIn(
  labels: Readonly<Record<string, string>>,
  nodeLabels: readonly string[] = nodeLabelsDefault,
): string | undefined {
  const label = nodeLabels.find((name) => (labels[name] ?? '') !== '')
  const named = label === undefined ? undefined : labels[label]
  const name = label === 'instance' ? named?.replace(/:\d+$/, '') : named
  return name === '' ? undefined : name
}
