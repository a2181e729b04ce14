import { annotation, keepOffMarks } from '../../api/annotations.ts'
import { at, isEqual, type JsonObject } from '../../kernel/json.ts'
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
    const { object, previous, request } = happening.change
    if (request.user !== truth.user) return undefined
    const name = nameOf(object)
    if (previous === undefined || happening.change.type !== 'MODIFIED')
      return `${name} was ${happening.change.type} by the operator`
    return foreignUncordon(previous, object) ?? foreignChange(previous, object)
  },
}

function foreignUncordon(previous: JsonObject, object: JsonObject): string | undefined {
  const wasCordoned = at(previous, 'spec', 'unschedulable') === true
  const isCordoned = at(object, 'spec', 'unschedulable') === true
  const isOurs = annotationsOf(previous)[annotation.cordonBefore] === 'false'
  return wasCordoned && !isCordoned && !isOurs
    ? `${nameOf(object)} was uncordoned, and the cordon was not ours`
    : undefined
}

function foreignChange(previous: JsonObject, object: JsonObject): string | undefined {
  const touched = changedKeys(annotationsOf(previous), annotationsOf(object)).filter(
    (key) => !ourAnnotations.includes(key),
  )
  const rest = ['taints', 'providerID', 'podCIDR'].filter(
    (field) => !isEqual(at(previous, 'spec', field), at(object, 'spec', field)),
  )
  const status = isEqual(previous['status'], object['status']) ? [] : ['status']
  const all = [...touched, ...rest, ...status]
  return all.length === 0 ? undefined : `${nameOf(object)}: the operator changed ${all.join(', ')}`
}

const changedKeys = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key])
