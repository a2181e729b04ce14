import { annotation, keepOffMarks } from '../../api/annotations.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { at, isEqual, type JsonObject } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import { annotationsOf, isUnschedulable, labelsOf, nameOf, uidOf } from '../world/fields.ts'
import type { Checker, Truth } from './checker.ts'

const ourAnnotations: readonly string[] = [
  annotation.cordonedByRun,
  annotation.cordonBefore,
  annotation.run,
  annotation.reason,
  annotation.marks,
]

/** On a node nothing changes by our hand but the cordon, our annotations and the marks; and only our own cordon is undone. */
export function onlyOursIsUndone(): Checker {
  /** By node UID: whether it was cordoned already when we came, whatever our annotation says of that. */
  const wasCordoned = new Map<string, boolean>()
  return {
    invariant: 'I12',
    judge: (happening, truth) => {
      if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return undefined
      const { change } = happening
      if (change.request.user !== truth.user) return undefined
      const name = nameOf(change.object)
      if (change.previous === undefined || change.type !== 'MODIFIED')
        return `${name} was ${change.type} by the operator`
      const { object, previous } = change
      if (isNewCordon(change)) wasCordoned.set(uidOf(object), isUnschedulable(previous))
      return (
        foreignUncordon({ previous, object, truth, wasCordoned: wasCordoned.get(uidOf(object)) === true }) ??
        foreignMark(previous, object) ??
        foreignChange(previous, object)
      )
    },
  }
}

const ownerOf = (node: JsonObject): string | undefined => annotationsOf(node)[annotation.cordonedByRun]

const isNewCordon = ({ object, previous }: Change): boolean =>
  previous !== undefined && ownerOf(object) !== undefined && ownerOf(previous) === undefined

interface Uncordon {
  readonly previous: JsonObject
  readonly object: JsonObject
  readonly truth: Truth
  readonly wasCordoned: boolean
}

function foreignUncordon({ previous, object, truth, wasCordoned }: Uncordon): string | undefined {
  if (!isUnschedulable(previous) || isUnschedulable(object)) return undefined
  const owner = ownerOf(previous)
  const name = nameOf(object)
  if (owner === undefined || annotationsOf(previous)[annotation.cordonBefore] !== 'false')
    return `${name} was uncordoned, and the cordon was not ours`
  if (wasCordoned) return `${name} was uncordoned, and somebody had cordoned it before us`
  return untimely(name, truth.runByUID(owner))
}

function untimely(name: string, run: NodeRemediation | undefined): string | undefined {
  if (run?.spec?.cancel?.keepCordoned === true) return `${name} was uncordoned, and its run was to keep it cordoned`
  const step = run?.status.step?.name
  return step === 'Releasing' ? undefined : `${name} was uncordoned while its run was ${step ?? 'not there'}`
}

/** The autoscalers' marks are set where they are absent, and taken back where they are ours. */
function foreignMark(previous: JsonObject, object: JsonObject): string | undefined {
  const [before, after] = [annotationsOf(previous), annotationsOf(object)]
  const listed = (before[annotation.marks] ?? '').split(',')
  const isOurs = (mark: string): boolean => listed.includes(mark) && before[mark] === 'true'
  const touched = keepOffMarks.find(
    (mark) => before[mark] !== undefined && before[mark] !== after[mark] && !isOurs(mark),
  )
  return touched === undefined
    ? undefined
    : `${nameOf(object)}: the operator changed ${touched}, which somebody else set`
}

function foreignChange(previous: JsonObject, object: JsonObject): string | undefined {
  const allowed = [...ourAnnotations, ...keepOffMarks]
  const annotations = changedKeys(annotationsOf(previous), annotationsOf(object)).filter(
    (key) => !allowed.includes(key),
  )
  const labels = changedKeys(labelsOf(previous), labelsOf(object))
  const rest = ['taints', 'providerID', 'podCIDR'].filter(
    (field) => !isEqual(at(previous, 'spec', field), at(object, 'spec', field)),
  )
  const status = isEqual(previous['status'], object['status']) ? [] : ['status']
  const all = [...annotations, ...labels, ...rest, ...status]
  return all.length === 0 ? undefined : `${nameOf(object)}: the operator changed ${all.join(', ')}`
}

const changedKeys = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key])
