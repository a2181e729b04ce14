import { annotation, keepOffMarks } from '../../api/annotations.ts'
import { at, isObject, textAt } from '../../kernel/json.ts'
import { annotationsOf, nameOf } from '../world/fields.ts'
import type { Checker } from './checker.ts'

const ourAnnotations: readonly string[] = [
  annotation.cordonedByRun,
  annotation.cordonBefore,
  annotation.run,
  annotation.reason,
  annotation.marks,
  ...keepOffMarks,
]

/** On a node nothing changes by our hand but the cordon, our annotations and the marks; and only our own cordon is undone. */
export const onlyOursIsUndone: Checker = {
  invariant: 'I12',
  judge: (happening, truth) => {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return undefined
    const { object, previous, type, request } = happening.change
    if (request.user !== truth.user) return undefined
    const name = nameOf(object)
    if (type !== 'MODIFIED' || previous === undefined) return `${name} was ${type} by the operator`
    const before = annotationsOf(previous)
    const wasCordoned = at(previous, 'spec', 'unschedulable') === true
    const isCordoned = at(object, 'spec', 'unschedulable') === true
    if (wasCordoned && !isCordoned && before[annotation.cordonBefore] !== 'false')
      return `${name} was uncordoned, and the cordon was not ours`
    const touched = changedKeys(before, annotationsOf(object)).filter((key) => !ourAnnotations.includes(key))
    if (touched.length > 0) return `${name}: the operator changed ${touched.join(', ')}`
    const rest = ['taints', 'providerID', 'podCIDR'].filter(
      (field) => JSON.stringify(at(previous, 'spec', field)) !== JSON.stringify(at(object, 'spec', field)),
    )
    if (rest.length > 0) return `${name}: the operator changed spec.${rest.join(', spec.')}`
    return isObject(at(object, 'status')) &&
      textAt(object, 'status', 'nodeInfo', 'bootID') !== textAt(previous, 'status', 'nodeInfo', 'bootID')
      ? `${name}: the operator changed its status`
      : undefined
  },
}

const changedKeys = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key])
