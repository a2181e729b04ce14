import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isEqual, textAt } from '../../kernel/json.ts'
import { uidOf } from '../world/fields.ts'
import { type Checker, runOf, type Truth } from './checker.ts'

/** A grade is given once, to rehearsals that would have acted, and what it says of boot and node is true. */
export const gradesAreTrue: Checker = {
  invariant: 'I23',
  judge: (happening, truth) => {
    if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return undefined
    const { object, previous, type } = happening.change
    const run = runOf(object)
    const before = previous === undefined ? undefined : runOf(previous).status.grade
    if (type === 'DELETED' || isEqual(before, run.status.grade)) return undefined
    const { name } = run.metadata
    if (before !== undefined) return `the grade of ${name} was changed from ${before.verdict}`
    if (run.spec?.dryRun !== true || run.status.step?.outcome !== 'WouldHaveActed')
      return `${name} rehearsed nothing, and was graded`
    return falsehoodOf(run, run.spec.node, truth)
  },
}

function falsehoodOf(
  { metadata: { name }, status: { grade, step } }: NodeRemediation,
  judged: { readonly name: string; readonly uid: string },
  truth: Truth,
): string | undefined {
  const node = truth.node(judged.name)
  if (node === undefined || uidOf(node) !== judged.uid) return undefined
  if (grade?.verdict === 'Replaced') return `${name} calls a node replaced that is there`
  const isSameBoot = textAt(node, 'status', 'nodeInfo', 'bootID') === step?.bootID
  return grade?.verdict === 'RebootedByHand' && isSameBoot ? `${name} calls a node rebooted that is not` : undefined
}
