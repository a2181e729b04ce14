import { flagAt, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type Cause, forbidden, GoStruct, invalid, notSupported, required } from './cause.ts'
import { propertiesOf } from './check-structural.ts'
import { compileRules } from './rules.ts'
import { type Rule, readStructural } from './structural.ts'

/** Where a schema stands in its CRD, and what the schemas around it forbid. */
interface Context {
  readonly path: string
  readonly isResourceRoot: boolean
  /** Why no default may stand here; undefined: it may. */
  readonly noDefaults: string | undefined
  /** The highest list whose members have no identity: no rule below may speak of oldSelf. */
  readonly uncorrelatable: string | undefined
}

export interface SchemaFaults {
  readonly schema: readonly Cause[]
  readonly rules: readonly Cause[]
}

/** Keywords, list types, defaults' places and CEL rules of one version's schema. Rules are compiled only where all else is well. */
export function checkSchema(schema: JsonObject, path: string): SchemaFaults {
  return check(schema, { path, isResourceRoot: true, noDefaults: undefined, uncorrelatable: undefined })
}

function check(schema: JsonObject, context: Context): SchemaFaults {
  const { path } = context
  const { items, additionalProperties } = schema
  const below = [
    ...(isObject(additionalProperties)
      ? [check(additionalProperties, inside(context, `${path}.additionalProperties`))]
      : []),
    ...propertiesOf(schema).map(([name, property]) => check(property, insideProperty(context, name))),
    ...alternatives(schema).map(([branch, name]) => check(branch, inside(context, `${path}.${name}`))),
    ...(isObject(items) ? [check(items, insideItems(context, schema))] : []),
  ]
  const own = [...checkKeywords(schema, context), ...checkListType(schema, path), ...checkRuleForms(schema, path)]
  const faults = [...own, ...below.flatMap((found) => found.schema)]
  const rules = faults.length === 0 ? checkRules(schema, context) : []
  return { schema: faults, rules: [...below.flatMap((found) => found.rules), ...rules] }
}

const inside = (context: Context, path: string): Context => ({ ...context, path, isResourceRoot: false })

const insideProperty = (context: Context, name: string): Context => ({
  ...inside(context, `${context.path}.properties[${name}]`),
  noDefaults:
    context.isResourceRoot && ['metadata', 'kind', 'apiVersion'].includes(name)
      ? ` in top-level ${name}`
      : context.noDefaults,
})

const insideItems = (context: Context, list: JsonObject): Context => ({
  ...inside(context, `${context.path}.items`),
  uncorrelatable:
    textAt(list, 'x-kubernetes-list-type') === 'map'
      ? context.uncorrelatable
      : (context.uncorrelatable ?? context.path),
})

function alternatives(schema: JsonObject): readonly (readonly [JsonObject, string])[] {
  const { not } = schema
  const lists = ['allOf', 'oneOf', 'anyOf'].flatMap((kind) =>
    listAt(schema, kind).flatMap((branch, index): (readonly [JsonObject, string])[] =>
      isObject(branch) ? [[branch, `${kind}[${index}]`]] : [],
    ),
  )
  return isObject(not) ? [...lists, [not, 'not']] : lists
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const refusedKeywords = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']

function checkKeywords(schema: JsonObject, { path, noDefaults }: Context): readonly Cause[] {
  const type = textAt(schema, 'type')
  const causes: Cause[] = refusedKeywords
    .filter((keyword) => schema[keyword] !== undefined)
    .map((keyword) => forbidden(`${path}.${keyword}`, `${keyword} is not supported`))
  if (type !== undefined && type !== '' && !types.includes(type)) causes.push(notSupported(`${path}.type`, type, types))
  if (type === 'null')
    causes.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  if (schema['default'] !== undefined && noDefaults !== undefined)
    causes.push(forbidden(`${path}.default`, `must not be set${noDefaults}`))
  if (flagAt(schema, 'uniqueItems')) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    causes.push(forbidden(`${path}.uniqueItems`, detail))
  }
  const { additionalProperties } = schema
  if (propertiesOf(schema).length > 0 && additionalProperties !== undefined && additionalProperties !== true)
    causes.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    causes.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  return causes
}

function checkListType(schema: JsonObject, path: string): readonly Cause[] {
  const listType = textAt(schema, 'x-kubernetes-list-type')
  const keys = listAt(schema, 'x-kubernetes-list-map-keys')
  const type = textAt(schema, 'type') ?? ''
  const causes: Cause[] = []
  if (listType === undefined) {
    if (keys.length > 0)
      causes.push(required(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty'))
    return causes
  }
  if (type !== 'array') {
    const detail = 'must be array if x-kubernetes-list-type is specified'
    causes.push(type === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, type, detail))
  }
  if (!['atomic', 'set', 'map'].includes(listType))
    causes.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']))
  if (listType === 'set') causes.push(...checkSetItems(schema, path))
  if (listType === 'map') return [...causes, ...checkMapKeys(schema, keys, path)]
  if (keys.length > 0)
    causes.push(
      invalid(`${path}.x-kubernetes-list-type`, listType, 'must be map if x-kubernetes-list-map-keys is non-empty'),
    )
  return causes
}

function checkSetItems(schema: JsonObject, path: string): readonly Cause[] {
  if (textAt(schema, 'items', 'type') !== 'object' || textAt(schema, 'items', 'x-kubernetes-map-type') === 'atomic')
    return []
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  return [invalid(`${path}.items.x-kubernetes-map-type`, null, detail)]
}

function checkMapKeys(schema: JsonObject, keys: readonly unknown[], path: string): readonly Cause[] {
  const { items } = schema
  if (keys.length === 0)
    return [required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')]
  if (!isObject(items)) return [required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')]
  if (textAt(items, 'type') !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map"
    return [invalid(`${path}.items.type`, textAt(items, 'type') ?? '', detail)]
  }
  const properties = new Map(propertiesOf(items))
  const needed = new Set(listAt(items, 'required'))
  return keys.flatMap((key) => {
    const property = properties.get(String(key))
    if (property === undefined)
      return [invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties')]
    if (needed.has(key) || property['default'] !== undefined) return []
    const detail = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
    return [required(`${path}.items.properties[${String(key)}].default`, detail)]
  })
}

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** The form of the rules, apart from their CEL. */
function checkRuleForms(schema: JsonObject, path: string): readonly Cause[] {
  return readStructural({ 'x-kubernetes-validations': schema['x-kubernetes-validations'] }).rules.flatMap(
    (rule, index) => {
      const at = (member: string): string => `${path}.x-kubernetes-validations[${index}].${member}`
      const message = rule.message.trim()
      const causes: Cause[] = []
      if (rule.rule.trim() === '') causes.push(required(at('rule'), 'rule is not specified'))
      else if (rule.message !== '' && message === '')
        causes.push(invalid(at('message'), rule.message, 'must be non-empty if specified'))
      else if (message.includes('\n')) causes.push(invalid(at('message'), rule.message, 'must not contain line breaks'))
      else if (rule.rule.trim().includes('\n') && message === '')
        causes.push(required(at('message'), 'message must be specified if rule contains line breaks'))
      if (rule.reason !== '' && !reasons.includes(rule.reason))
        causes.push(notSupported(at('reason'), rule.reason, reasons))
      if (rule.fieldPath !== '' && !isFieldPath(schema, rule.fieldPath))
        causes.push(invalid(at('fieldPath'), rule.fieldPath, 'must be a valid path'))
      return causes
    },
  )
}

/** Whether the schema declares the field: `.spec.name`, `.labels['a b']`. */
function isFieldPath(schema: JsonObject, path: string): boolean {
  return fieldSchema(schema, path) !== undefined
}

/** The schema that a path of named fields leads to. */
export function fieldSchema(schema: JsonObject, path: string): JsonObject | undefined {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\['((?:\\.|[^'])*)'\]/g)]
  if (steps.map(([text]) => text).join('') !== path || steps.length === 0) return undefined
  return steps.reduce<JsonObject | undefined>((current, [, plain, quoted = '']) => {
    if (current === undefined) return undefined
    const { properties, additionalProperties } = current
    const member = isObject(properties) ? properties[plain ?? quoted] : additionalProperties
    return isObject(member) ? member : undefined
  }, schema)
}

const goRule = (rule: Rule | undefined): GoStruct =>
  new GoStruct([
    ['Rule', rule?.rule],
    ['Message', rule?.message],
    ['MessageExpression', rule?.messageExpression],
    ['Reason', rule?.reason === '' ? null : rule?.reason],
    ['FieldPath', rule?.fieldPath],
    ['OptionalOldSelf', rule?.optionalOldSelf === true ? true : null],
  ])

function checkRules(schema: JsonObject, { path, isResourceRoot, uncorrelatable }: Context): readonly Cause[] {
  const structural = readStructural(schema)
  if (structural.rules.length === 0) return []
  const at = (index: number, member: string): string => `${path}.x-kubernetes-validations[${index}].${member}`
  const compiled = compileRules(structural, isResourceRoot || structural.embeddedResource)
  if (!compiled.ok)
    return compiled.faults.map(({ index, member, message }) =>
      invalid(at(index, member), member === 'optionalOldSelf' ? true : goRule(structural.rules[index]), message),
    )
  if (uncorrelatable === undefined) return []
  return compiled.rules.flatMap(({ program, source }, index) => {
    const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`
    return program.usesOldSelf ? [invalid(at(index, 'rule'), source.rule, detail)] : []
  })
}
