import { annotation } from '../../api/annotations.ts'
import type { Node } from '../../api/core/node.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'

export interface LeftSeen {
  readonly run: NodeRemediation
  /** Undefined: there is none under its name. */
  readonly node: Node | undefined
  /** Undefined: it could not be read. */
  readonly ledger: DisruptionLedger | undefined
}

/** What stands in the cluster because of this run, as it is seen now. Of a run that is over there is nothing. */
export function leftOnNode({ run, node, ledger }: LeftSeen): readonly string[] {
  const { metadata, spec } = run
  const slot = ledger?.spec?.slots.find(({ runUID }) => runUID === metadata.uid)
  return [
    ...(node === undefined || node.metadata.uid !== spec?.node.uid ? [] : onNode(run, node)),
    ...(slot === undefined ? [] : [`a slot of ${slot.policyName}, claimed ${slot.claimTime}`]),
  ]
}

function onNode({ metadata: { uid, name } }: NodeRemediation, { metadata, unschedulable }: Node): readonly string[] {
  const { annotations } = metadata
  const isOurs = annotations[annotation.cordonedByRun] === uid
  if (!isOurs && annotations[annotation.run] !== name) return []
  const marks = (annotations[annotation.marks] ?? '').split(',').filter((mark) => mark !== '')
  const before =
    annotations[annotation.cordonBefore] === 'true' ? 'it was cordoned before' : 'it was schedulable before'
  return [
    ...(isOurs && unschedulable ? [`the cordon (${before})`] : []),
    ...(marks.length === 0 ? [] : [`the autoscalers' marks ${marks.join(', ')}`]),
    `annotations of ours: ${Object.keys(annotations)
      .filter((key) => ours.includes(key))
      .join(', ')}`,
  ]
}

const ours: readonly string[] = [
  annotation.cordonedByRun,
  annotation.cordonBefore,
  annotation.run,
  annotation.reason,
  annotation.marks,
]
