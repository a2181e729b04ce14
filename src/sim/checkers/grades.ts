import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isEqual, textAt } from '../../kernel/json.ts'
import { uidOf } from '../world/fields.ts'
import { type Checker, runOf } from './checker.ts'

/** A grade is given once, to rehearsals that would have acted, and what it says of boot and node is true. */
export const gradesAreTrue: Checker = {
  invariant: 'I23',
  judge: (happening, truth) => {
    if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return undefined
    const { object, previous, type } = happening.change
    const run = runOf(object)
    const { grade, step } = run.status
    const before = previous === undefined ? undefined : runOf(previous).status.grade
    if (type === 'DELETED' || isEqual(before, grade)) return undefined
    const { name } = run.metadata
    if (before !== undefined) return `the grade of ${name} was changed from ${before.verdict}`
    if (run.spec?.dryRun !== true || step?.outcome !== 'WouldHaveActed')
      return `${name} rehearsed nothing, and was graded`
    const node = truth.node(run.spec.node.name)
    const isThere = node !== undefined && uidOf(node) === run.spec.node.uid
    if (grade?.verdict === 'Replaced' && isThere) return `${name} calls a node replaced that is there`
    const bootID = textAt(node, 'status', 'nodeInfo', 'bootID')
    if (grade?.verdict === 'RebootedByHand' && isThere && bootID === step.bootID)
      return `${name} calls a node rebooted that is not`
    return undefined
  },
}
