import { annotation, keepOffMarks } from '../../api/annotations.ts'
import type { Node } from '../../api/core/node.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { Command, NodePatch } from './decision.ts'
import type { RunSeen } from './observation.ts'

/** The cordon is ours while the annotation names this run. Who takes it away takes the node away from us. */
export const isCordonedBy = ({ metadata }: Node, runUID: string): boolean =>
  metadata.annotations[annotation.cordonedByRun] === runUID

/**
 * Cordon alone: a taint of ours would keep DaemonSets away, and verification for ever. The autoscalers' marks are set only where
 * absent, and it is written down which of them are ours.
 */
export function cordon(node: Node, run: RunSeen): Command {
  const { annotations, name, resourceVersion } = node.metadata
  const known = isCordonedBy(node, run.uid) ? marksOf(node) : []
  const ours = keepOffMarks.filter((mark) => known.includes(mark) || !Object.hasOwn(annotations, mark))
  const patch: NodePatch = {
    name,
    resourceVersion,
    unschedulable: true,
    annotations: {
      [annotation.cordonedByRun]: run.uid,
      [annotation.cordonBefore]: String(node.unschedulable),
      [annotation.run]: run.name,
      [annotation.reason]: safeText(run.spec.cause.message),
      [annotation.marks]: ours.join(','),
      ...Object.fromEntries(ours.map((mark) => [mark, 'true'])),
    },
  }
  return { kind: 'Cordon', node: patch }
}

/**
 * Undoes what we did and nothing else. Empty: nothing of ours is left on the node. A cordon whose annotation somebody took away or
 * changed is theirs and stays; what else we wrote goes all the same, as long as it still bears the name of this run.
 */
export function uncordon(node: Node, run: RunSeen): readonly Command[] {
  const { annotations, name, resourceVersion } = node.metadata
  const isOurs = isCordonedBy(node, run.uid)
  if (!isOurs && annotations[annotation.run] !== run.name) return []
  const wasSchedulable = isOurs && annotations[annotation.cordonBefore] === 'false'
  const keeps = run.spec.cancel?.keepCordoned === true
  const gone = [
    annotation.cordonedByRun,
    annotation.cordonBefore,
    annotation.run,
    annotation.reason,
    annotation.marks,
    ...marksOf(node),
  ]
  const patch: NodePatch = {
    name,
    resourceVersion,
    ...(wasSchedulable && !keeps ? { unschedulable: null } : {}),
    annotations: Object.fromEntries(gone.map((key) => [key, null])),
  }
  return [{ kind: 'Uncordon', node: patch }]
}

/** Those that we set. One with another value is no longer ours: whoever changed it meant it. */
const marksOf = ({ metadata: { annotations } }: Node): readonly string[] =>
  (annotations[annotation.marks] ?? '')
    .split(',')
    .filter((mark) => isKeepOffMark(mark) && (annotations[mark] ?? 'true') === 'true')

const isKeepOffMark = (mark: string): boolean => keepOffMarks.some((known) => known === mark)
