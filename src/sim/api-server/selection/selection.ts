import { isObject, type JsonObject, textAt } from '../../../kernel/json.ts'
import { badRequest } from '../errors/status-error.ts'
import type { ResourceDescriptor } from '../resources/descriptor.ts'
import { type FieldTerm, parseFieldSelector } from './field-selector.ts'
import { type LabelTest, parseLabelSelector } from './label-selector.ts'

/** What a list or a watch asked for, in the version it asked for. */
export interface Selection {
  readonly isEverything: boolean
  readonly matches: (object: JsonObject) => boolean
  /** Fields that must have exactly this value: for indexes. */
  readonly exact: readonly FieldTerm[]
}

interface FieldTest extends FieldTerm {
  readonly valueOf: (object: JsonObject) => string
}

/** Throws a 400 for a selector that cannot be read, or a field that the resource cannot select by. */
export function readSelection(descriptor: ResourceDescriptor, labelSelector: string, fieldSelector: string): Selection {
  const labels = labelSelector === '' ? undefined : parseLabelSelector(labelSelector)
  const fields = parseFieldSelector(fieldSelector).map((term) => fieldTest(descriptor, term))
  return {
    isEverything: labels === undefined && fields.length === 0,
    matches: (object) =>
      fields.every((field) => (field.valueOf(object) === field.value) === field.equal) && meetsLabels(labels, object),
    exact: fields.filter(({ equal }) => equal),
  }
}

/** One object by name, as a watch on a single path has it. */
export const selectName = (selection: Selection, name: string): Selection => ({
  isEverything: false,
  matches: (object) => textAt(object, 'metadata', 'name') === name && selection.matches(object),
  exact: [...selection.exact, { path: 'metadata.name', equal: true, value: name }],
})

function meetsLabels(test: LabelTest | undefined, object: JsonObject): boolean {
  if (test === undefined) return true
  const { metadata } = object
  const labels = isObject(metadata) ? metadata['labels'] : undefined
  return test(isObject(labels) ? labels : {})
}

function fieldTest(descriptor: ResourceDescriptor, term: FieldTerm): FieldTest {
  const known = descriptor.selectableFields.find(({ path }) => path === term.path)
  if (known === undefined) throw badRequest(unknownField(descriptor, term.path))
  return { ...term, valueOf: known.valueOf }
}

function unknownField({ group, kind, form, selectableFields }: ResourceDescriptor, path: string): string {
  if (group === 'batch' && kind === 'Job') return `field label ${JSON.stringify(path)} not supported for Job`
  if (kind === 'ResourceSlice') return `field label not supported for ${group}/v1, Kind=ResourceSlice: ${path}`
  const own = selectableFields.map((field) => field.path)
  if (form.kind === 'BuiltIn' && own.every((each) => each.startsWith('metadata.')) && own.length === 2) {
    return `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`
  }
  return `field label not supported: ${path}`
}
