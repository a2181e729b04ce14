import { flagAt, isObject, type Json, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'

/** An openAPIV3Schema, read once into a shape that pruning, defaulting, validation and CEL walk along. */
export interface Structural {
  /** Empty: not given. */
  readonly type: string
  /** Empty: none, or one that the real server ignores. */
  readonly format: string
  readonly nullable: boolean
  readonly defaultValue: Json | undefined
  readonly properties: ReadonlyMap<string, Structural>
  /** Those of the properties that have a default. */
  readonly defaulted: readonly (readonly [string, Structural])[]
  /** True: anything goes, and is pruned inside; undefined: properties alone. */
  readonly additionalProperties: Structural | boolean | undefined
  readonly items: Structural | undefined
  readonly preserveUnknownFields: boolean
  readonly embeddedResource: boolean
  readonly intOrString: boolean
  /** `atomic` where nothing is said. */
  readonly listType: string
  readonly listMapKeys: readonly string[]
  readonly required: readonly string[]
  readonly enumValues: readonly Json[]
  readonly bounds: Bounds
  readonly allOf: readonly Structural[]
  readonly anyOf: readonly Structural[]
  readonly oneOf: readonly Structural[]
  readonly not: Structural | undefined
  readonly rules: readonly Rule[]
  /** Here or below stand lists of type set or map. */
  readonly holdsKeyedLists: boolean
  /** Here or below stand objects inside objects. */
  readonly holdsEmbedded: boolean
}

interface Bounds {
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  readonly exclusiveMinimum: boolean
  readonly exclusiveMaximum: boolean
  readonly multipleOf: number | undefined
  readonly minLength: number | undefined
  readonly maxLength: number | undefined
  readonly pattern: string
  readonly minItems: number | undefined
  readonly maxItems: number | undefined
  readonly minProperties: number | undefined
  readonly maxProperties: number | undefined
}

/** One entry of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string
  readonly message: string
  readonly messageExpression: string
  /** Empty: FieldValueInvalid. */
  readonly reason: string
  readonly fieldPath: string
  readonly optionalOldSelf: boolean
}

/** Total: `checkSchema` has refused what does not belong here before anybody reads the outcome. */
export function readStructural(schema: JsonObject): Structural {
  const own = readOwn(schema)
  const below = [...own.properties.values(), own.items, own.additionalProperties].filter(
    (member) => typeof member === 'object',
  )
  return {
    ...own,
    defaulted: [...own.properties].filter(([, { defaultValue }]) => defaultValue !== undefined),
    holdsKeyedLists: own.listType !== 'atomic' || below.some((member) => member.holdsKeyedLists),
    holdsEmbedded: own.embeddedResource || below.some((member) => member.holdsEmbedded),
  }
}

function readOwn(schema: JsonObject): Omit<Structural, 'defaulted' | 'holdsKeyedLists' | 'holdsEmbedded'> {
  const intOrString = flagAt(schema, 'x-kubernetes-int-or-string')
  const type = textAt(schema, 'type') ?? ''
  return {
    type,
    format: formatOf(intOrString ? 'int-or-string' : type, textAt(schema, 'format') ?? ''),
    nullable: flagAt(schema, 'nullable'),
    defaultValue: schema['default'],
    properties: propertiesOf(schema),
    additionalProperties: additionalPropertiesOf(schema),
    items: schemaAt(schema, 'items'),
    preserveUnknownFields: flagAt(schema, 'x-kubernetes-preserve-unknown-fields'),
    embeddedResource: flagAt(schema, 'x-kubernetes-embedded-resource'),
    intOrString,
    listType: textAt(schema, 'x-kubernetes-list-type') ?? 'atomic',
    listMapKeys: textsAt(schema, 'x-kubernetes-list-map-keys'),
    required: textsAt(schema, 'required'),
    enumValues: jsonListAt(schema, 'enum'),
    bounds: boundsOf(schema),
    allOf: schemasAt(schema, 'allOf'),
    anyOf: schemasAt(schema, 'anyOf'),
    oneOf: schemasAt(schema, 'oneOf'),
    not: schemaAt(schema, 'not'),
    rules: listAt(schema, 'x-kubernetes-validations').map((rule) => readRule(rule)),
  }
}

/** The types that a value may have: an int-or-string has two. */
export const typesOf = ({ type, intOrString }: Structural): readonly string[] => {
  if (intOrString) return ['integer', 'string']
  return type === '' ? [] : [type]
}

/** The schema that a member of an object must meet, if one is known. */
export function memberSchema(schema: Structural | undefined, key: string): Structural | undefined {
  const property = schema?.properties.get(key)
  if (property !== undefined) return property
  const additional = schema?.additionalProperties
  return typeof additional === 'object' ? additional : undefined
}

function propertiesOf(schema: JsonObject): ReadonlyMap<string, Structural> {
  const properties = objectAt(schema, 'properties')
  return new Map(
    Object.entries(properties).map(([name, property]) => [name, readStructural(isObject(property) ? property : {})]),
  )
}

function additionalPropertiesOf({ additionalProperties }: JsonObject): Structural | boolean | undefined {
  if (isObject(additionalProperties)) return readStructural(additionalProperties)
  return typeof additionalProperties === 'boolean' ? additionalProperties : undefined
}

const boundsOf = (schema: JsonObject): Bounds => ({
  minimum: numberAt(schema, 'minimum'),
  maximum: numberAt(schema, 'maximum'),
  exclusiveMinimum: flagAt(schema, 'exclusiveMinimum'),
  exclusiveMaximum: flagAt(schema, 'exclusiveMaximum'),
  multipleOf: numberAt(schema, 'multipleOf'),
  minLength: numberAt(schema, 'minLength'),
  maxLength: numberAt(schema, 'maxLength'),
  pattern: textAt(schema, 'pattern') ?? '',
  minItems: numberAt(schema, 'minItems'),
  maxItems: numberAt(schema, 'maxItems'),
  minProperties: numberAt(schema, 'minProperties'),
  maxProperties: numberAt(schema, 'maxProperties'),
})

const readRule = (rule: unknown): Rule => ({
  rule: textAt(rule, 'rule') ?? '',
  message: textAt(rule, 'message') ?? '',
  messageExpression: textAt(rule, 'messageExpression') ?? '',
  reason: textAt(rule, 'reason') ?? '',
  fieldPath: textAt(rule, 'fieldPath') ?? '',
  optionalOldSelf: flagAt(rule, 'optionalOldSelf'),
})

const schemaAt = (schema: JsonObject, key: string): Structural | undefined => {
  const member = schema[key]
  return isObject(member) ? readStructural(member) : undefined
}

const objectAt = (schema: JsonObject, key: string): JsonObject => {
  const member = schema[key]
  return isObject(member) ? member : {}
}

const jsonListAt = (schema: JsonObject, key: string): readonly Json[] => {
  const member = schema[key]
  return Array.isArray(member) ? member : []
}

const schemasAt = (schema: JsonObject, key: string): readonly Structural[] =>
  listAt(schema, key).map((member) => readStructural(isObject(member) ? member : {}))

const textsAt = (schema: JsonObject, key: string): readonly string[] =>
  listAt(schema, key).filter((member) => typeof member === 'string')

const formatsByType: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
}

/** Formats that the real server knows for text; dashes are ignored there, but for the two names that Kubernetes added. */
const textFormats = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn ' +
    'hexcolor rgbcolor byte password date duration datetime k8sshortname k8slongname'
  ).split(' '),
)

function formatOf(type: string, format: string): string {
  const known = formatsByType[type]
  if (known !== undefined) return known.includes(format) ? format : ''
  if (type !== '' && type !== 'string') return ''
  return textFormats.has(format.replaceAll('-', '')) ? format : ''
}
