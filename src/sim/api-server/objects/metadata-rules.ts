import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Cause } from '../crd/cause.ts'
import { forbiddenField, immutable, invalidValue, required, shown } from '../errors/causes.ts'
import { deepEqual, metadataOf, objectAt, textOf } from './fields.ts'
import { labelValueProblems, type NameRule, nameProblems, qualifiedNameProblems } from './names.ts'

export interface MetadataRules {
  readonly nameRule: NameRule
  readonly qualifiedFinalizers: boolean
}

/** The rules of `metadata` that hold for every kind. */
export function validateMetadata(
  object: JsonObject,
  { nameRule: rule, qualifiedFinalizers }: MetadataRules,
): readonly Cause[] {
  const metadata = metadataOf(object)
  const name = textAt(metadata, 'name') ?? ''
  const generateName = textAt(metadata, 'generateName') ?? ''
  return [
    ...(generateName === ''
      ? []
      : nameProblems(rule, generateName, true).map((problem) =>
          invalidValue('metadata.generateName', generateName, problem),
        )),
    ...nameCauses(rule, name),
    ...validateLabels(objectAt(metadata, 'labels'), 'metadata.labels'),
    ...annotationCauses(objectAt(metadata, 'annotations')),
    ...ownerCauses(listAt(metadata, 'ownerReferences')),
    ...(qualifiedFinalizers ? finalizerCauses(listAt(metadata, 'finalizers')) : []),
  ]
}

function nameCauses(rule: NameRule, name: string): readonly Cause[] {
  if (name === '') return [required('metadata.name', 'name or generateName is required')]
  return nameProblems(rule, name).map((problem) => invalidValue('metadata.name', name, problem))
}

function validateLabels(labels: JsonObject, field: string): readonly Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key, 'a valid label key').map((problem) => invalidValue(field, key, problem)),
    ...labelValueProblems(typeof value === 'string' ? value : '').map((problem) => invalidValue(field, value, problem)),
  ])
}

function annotationCauses(annotations: JsonObject): readonly Cause[] {
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + textOf(value).length, 0)
  const tooLong: Cause = {
    field: 'metadata.annotations',
    reason: 'FieldValueTooLong',
    message: 'Too long: may not be more than 262144 bytes',
  }
  return [
    ...Object.keys(annotations).flatMap((key) =>
      qualifiedNameProblems(key.toLowerCase()).map((problem) => invalidValue('metadata.annotations', key, problem)),
    ),
    ...(size > 262_144 ? [tooLong] : []),
  ]
}

function ownerCauses(owners: readonly unknown[]): readonly Cause[] {
  const missing = owners
    .filter(isObject)
    .flatMap((owner) =>
      ['apiVersion', 'kind', 'name', 'uid']
        .filter((member) => (textAt(owner, member) ?? '') === '')
        .map((member) =>
          invalidValue(
            `metadata.ownerReferences.${member}`,
            '',
            member === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
          ),
        ),
    )
  const controllers = owners.filter((owner) => isObject(owner) && owner['controller'] === true)
  if (controllers.length < 2) return missing
  const [first, second] = controllers.map((owner) => `${textAt(owner, 'kind')}/${textAt(owner, 'name')}`)
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`
  return [...missing, invalidValue('metadata.ownerReferences', owners, why)]
}

const standardFinalizers = ['orphan', 'foregroundDeletion', 'kubernetes']

function finalizerCauses(finalizers: readonly unknown[]): readonly Cause[] {
  return finalizers.flatMap((finalizer, index) => {
    const field = `metadata.finalizers[${index}]`
    const name = String(finalizer)
    const problems = qualifiedNameProblems(name).map((problem) => invalidValue(field, name, problem))
    if (problems.length > 0 || name.includes('/') || standardFinalizers.includes(name)) return problems
    return [invalidValue(field, name, 'name is neither a standard finalizer name nor is it fully qualified')]
  })
}

/** What an update may not change in `metadata`. System fields were already taken over where they were left out. */
export function validateMetadataUpdate(object: JsonObject, old: JsonObject): readonly Cause[] {
  const [metadata, before] = [metadataOf(object), metadataOf(old)]
  const frozen = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']
  return [
    ...frozen
      .filter((member) => !deepEqual(metadata[member], before[member]))
      .map((member) => immutable(`metadata.${member}`, metadata[member] ?? null)),
    ...newFinalizerCauses(metadata, before),
  ]
}

function newFinalizerCauses(metadata: JsonObject, before: JsonObject): readonly Cause[] {
  if (before['deletionTimestamp'] === undefined) return []
  const known = new Set(listAt(before, 'finalizers'))
  const added = listAt(metadata, 'finalizers').filter((finalizer) => !known.has(finalizer))
  if (added.length === 0) return []
  const list = `[]string{${added.map(shown).join(', ')}}`
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
    ),
  ]
}

/** What a kind is only warned of: a finalizer without a domain that was not there before. */
export function finalizerWarnings(
  object: JsonObject,
  old: JsonObject,
  { qualifiedFinalizers }: MetadataRules,
): readonly string[] {
  if (qualifiedFinalizers) return []
  const known = listAt(old, 'metadata', 'finalizers')
  return listAt(object, 'metadata', 'finalizers')
    .map(textOf)
    .filter((name) => !known.includes(name) && !name.includes('/') && !standardFinalizers.includes(name))
    .map(
      (name) =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name ` +
        'to avoid accidental conflicts with other finalizer writers',
    )
}
