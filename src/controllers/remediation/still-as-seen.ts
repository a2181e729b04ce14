import { type Node, nodeKind } from '../../api/core/node.ts'
import type { KubeObject } from '../../api/kind.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import { isEqual } from '../../kernel/json.ts'
import { together } from '../together.ts'
import type { Seen } from './observe.ts'
import type { RemediationPorts } from './ports.ts'

/**
 * Whether nobody has said stop since the look: a pause, a cancel, a mark on the node, or the node itself, which may be well again. Asked
 * live between the commands of one look, so that a stop lets at most the one request through that was under way; and before an order
 * that knows no precondition, to a BMC or to a job on the node: the node may be another one by now.
 */
export async function isStillAsSeen({ reader }: RemediationPorts, { run, observation }: Seen): Promise<boolean> {
  const { node, pauses } = observation
  const [pausesNow, runNow, nodeNow] = await together([
    reader.list(pauseKind),
    reader.get(runKind, { name: run.metadata.name }),
    node.kind === 'Present' ? reader.get(nodeKind, { name: node.node.metadata.name }) : undefined,
  ])
  // Our own writes of the status move no generation; a change of the spec and a deletion do.
  const isSameRun = runNow?.metadata.generation === run.metadata.generation
  const isSameNode =
    node.kind !== 'Present' ||
    (nodeNow?.metadata.uid === node.node.metadata.uid &&
      nodeNow.unschedulable === node.node.unschedulable &&
      isEqual(conditionsOf(nodeNow), conditionsOf(node.node)) &&
      isEqual(nodeNow.metadata.annotations, node.node.metadata.annotations))
  return isSameRun && isSameNode && isEqual(versionsOf(pausesNow), versionsOf(pauses))
}

/** What it says of itself, and not how often. */
const conditionsOf = ({ conditions }: Node): readonly string[] =>
  conditions.map(({ type, status }) => `${type} ${status}`).toSorted()

const versionsOf = (objects: readonly KubeObject[]): readonly string[] =>
  objects.map(({ metadata }) => `${metadata.uid}/${metadata.resourceVersion}`).toSorted()
