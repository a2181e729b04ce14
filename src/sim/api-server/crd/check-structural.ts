import { flagAt, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type Cause, forbidden, invalid, required } from './cause.ts'
import { patternFault } from './pattern.ts'

type Level = 'root' | 'item' | 'field'

/** The rules that make a schema structural: types everywhere, and no types inside allOf, anyOf, oneOf and not. */
export function checkStructural(schema: JsonObject, path: string): readonly Cause[] {
  const causes = [...checkLevel(schema, path, 'root'), ...checkCompleteness(schema, schema, { path, where: path })]
  return causes.toSorted((left, right) => (lineOf(left) < lineOf(right) ? -1 : 1))
}

const lineOf = ({ field, message }: Cause): string => `${field}: ${message}`

function checkLevel(schema: JsonObject, path: string, level: Level): readonly Cause[] {
  const { items, additionalProperties } = schema
  return [
    ...(textAt(schema, 'type') === 'array' && items === undefined
      ? [required(`${path}.items`, 'must be specified')]
      : []),
    ...(isObject(items) ? checkLevel(items, `${path}.items`, 'item') : []),
    ...propertiesOf(schema).flatMap(([name, property]) => checkLevel(property, `${path}.properties[${name}]`, 'field')),
    ...(additionalProperties !== undefined && level === 'root'
      ? [forbidden(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(isObject(additionalProperties)
      ? checkLevel(additionalProperties, `${path}.additionalProperties`, 'field')
      : []),
    ...checkExtensions(schema, path),
    ...checkAlternatives(schema, path, isIntOrStringPattern(schema)),
    ...checkType(schema, path, level),
    ...(level === 'root' || flagAt(schema, 'x-kubernetes-embedded-resource')
      ? checkMetaFields(schema, path, level)
      : []),
  ]
}

function checkExtensions(schema: JsonObject, path: string): readonly Cause[] {
  if (!flagAt(schema, 'x-kubernetes-int-or-string')) return []
  return ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']
    .filter((name) => flagAt(schema, name))
    .map((name) => invalid(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'))
}

const missingType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

function checkType(schema: JsonObject, path: string, level: Level): readonly Cause[] {
  const type = textAt(schema, 'type') ?? ''
  const isEmbedded = flagAt(schema, 'x-kubernetes-embedded-resource')
  if (isEmbedded) return checkEmbeddedType(schema, path, type)
  const mayLackType =
    flagAt(schema, 'x-kubernetes-int-or-string') || flagAt(schema, 'x-kubernetes-preserve-unknown-fields')
  if (type === '') return mayLackType ? [] : [required(`${path}.type`, missingType[level])]
  return level === 'root' && type !== 'object' ? [invalid(`${path}.type`, type, 'must be object at the root')] : []
}

function checkEmbeddedType(schema: JsonObject, path: string, type: string): readonly Cause[] {
  const causes: Cause[] = []
  if (type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true'
    causes.push(type === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, type, detail))
  }
  if (!flagAt(schema, 'x-kubernetes-preserve-unknown-fields') && propertiesOf(schema).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    causes.push(required(`${path}.properties`, detail))
  }
  return causes
}

function checkMetaFields(schema: JsonObject, path: string, level: Level): readonly Cause[] {
  const properties = new Map(propertiesOf(schema))
  const causes: Cause[] = []
  for (const name of ['kind', 'apiVersion']) {
    const property = properties.get(name)
    const type = textAt(property, 'type') ?? ''
    if (property !== undefined && type !== 'string')
      causes.push(invalid(`${path}.properties[${name}].type`, type, 'must be string'))
  }
  const metadata = properties.get('metadata')
  if (metadata === undefined) return causes
  const type = textAt(metadata, 'type') ?? ''
  const place = `${path}.properties[metadata]`
  if (type !== 'object') causes.push(invalid(`${place}.type`, type, 'must be object'))
  const others = Object.keys(metadata).filter((key) => !['type', 'properties', 'description', 'default'].includes(key))
  const named = propertiesOf(metadata).filter(([name]) => name !== 'name' && name !== 'generateName')
  if (level === 'root' && others.length + named.length > 0) {
    const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
    causes.push(forbidden(place, detail))
  }
  return causes
}

const isIntOrStringPattern = (schema: JsonObject): boolean =>
  listAt(schema, 'anyOf').length === 2 &&
  textAt(schema, 'anyOf', 0, 'type') === 'integer' &&
  textAt(schema, 'anyOf', 1, 'type') === 'string'

function checkAlternatives(schema: JsonObject, path: string, skipAnyOf: boolean): readonly Cause[] {
  const { not } = schema
  const pattern = textAt(schema, 'pattern')
  const fault = pattern === undefined ? undefined : patternFault(pattern)
  return [
    ...(skipAnyOf ? [] : branches(schema, 'anyOf')).flatMap(([branch, name]) => checkNested(branch, `${path}.${name}`)),
    ...branches(schema, 'allOf').flatMap(([branch, name]) => checkNested(branch, `${path}.${name}`)),
    ...branches(schema, 'oneOf').flatMap(([branch, name]) => checkNested(branch, `${path}.${name}`)),
    ...(isObject(not) ? checkNested(not, `${path}.not`) : []),
    ...(fault === undefined
      ? []
      : [invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${fault}`)]),
  ]
}

/** What an alternative must leave to the schema around it. */
const reserved: Readonly<Record<string, string>> = {
  type: 'must be empty to be structural',
  additionalProperties: 'must be undefined to be structural',
  default: 'must be undefined to be structural',
  title: 'must be empty to be structural',
  description: 'must be empty to be structural',
  nullable: 'must be false to be structural',
  'x-kubernetes-preserve-unknown-fields': 'must be false to be structural',
  'x-kubernetes-embedded-resource': 'must be false to be structural',
  'x-kubernetes-int-or-string': 'must be false to be structural',
  'x-kubernetes-list-map-keys': 'must be empty to be structural',
  'x-kubernetes-list-type': 'must be undefined to be structural',
  'x-kubernetes-map-type': 'must be undefined to be structural',
  'x-kubernetes-validations': 'must be empty to be structural',
}

function checkNested(schema: JsonObject, path: string): readonly Cause[] {
  const { items } = schema
  return [
    ...checkAlternatives(schema, path, isIntOrStringPattern(schema)),
    ...(isObject(items) ? checkNested(items, `${path}.items`) : []),
    ...propertiesOf(schema).flatMap(([name, property]) => checkNested(property, `${path}.properties[${name}]`)),
    ...Object.entries(reserved)
      .filter(([name]) => schema[name] !== undefined)
      .map(([name, detail]) => forbidden(`${path}.${name}`, detail)),
    ...(isObject(schema['properties']) && Object.hasOwn(schema['properties'], 'metadata')
      ? [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')]
      : []),
  ]
}

/** Every field that an alternative speaks of is declared outside too. */
function checkCompleteness(branch: JsonObject, spine: JsonObject, { path, where }: Branch): readonly Cause[] {
  const { not } = branch
  const alternatives: (readonly [JsonObject, string])[] = ['allOf', 'anyOf', 'oneOf'].flatMap((kind) =>
    branches(branch, kind),
  )
  if (isObject(not)) alternatives.push([not, 'not'])
  return alternatives.flatMap(([alternative, name]) =>
    checkBranch(alternative, spine, { path, where: `${where}.${name}` }),
  )
}

interface Branch {
  readonly path: string
  /** The same place, as it is reached through the alternatives. */
  readonly where: string
}

function checkBranch(branch: JsonObject, spine: JsonObject, { path, where }: Branch): readonly Cause[] {
  const declared = new Map(propertiesOf(spine))
  const { items } = branch
  const spineItems = spine['items']
  const below = propertiesOf(branch).flatMap(([name, property]) => {
    const place = { path: `${path}.properties[${name}]`, where: `${where}.properties[${name}]` }
    const outer = declared.get(name)
    if (outer === undefined) return [required(place.path, `because it is defined in ${place.where}`)]
    return checkBranch(property, outer, place)
  })
  const missing = [required(`${path}.items`, `because it is defined in ${where}.items`)]
  const place = { path: `${path}.items`, where: `${where}.items` }
  const inItems = !isObject(items) ? [] : isObject(spineItems) ? checkBranch(items, spineItems, place) : missing
  return [...checkCompleteness(branch, spine, { path, where }), ...inItems, ...below]
}

const branches = (schema: JsonObject, kind: string): readonly (readonly [JsonObject, string])[] =>
  listAt(schema, kind).map((branch, index) => [isObject(branch) ? branch : {}, `${kind}[${index}]`])

export function propertiesOf(schema: JsonObject): readonly (readonly [string, JsonObject])[] {
  const { properties } = schema
  if (!isObject(properties)) return []
  return Object.entries(properties).map(([name, property]) => [name, isObject(property) ? property : {}])
}
