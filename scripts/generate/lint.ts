import { customResourceDefinition, schemaOf } from '../../src/api/crd/custom-resource-definition.ts'
import type { Definition } from '../../src/api/crd/definition.ts'
import { isObject, type JsonObject, listAt, textAt } from '../../src/kernel/json.ts'

/** What the API server would accept, and people or its cost estimate would suffer from. */
export function schemaOffences(definition: Definition): readonly string[] {
  const { properties } = schemaOf(definition)
  const parts = isObject(properties) ? [properties['spec'], properties['status']] : []
  const { kind } = definition.names
  return [
    ...parts.filter((part) => part !== undefined).flatMap((part) => offences(part, kind)),
    ...columnOffences(definition),
  ]
}

function offences(schema: unknown, path: string): readonly string[] {
  if (!isObject(schema)) return []
  const { properties, items, additionalProperties } = schema
  const members = isObject(properties) ? Object.entries(properties) : []
  return [
    ...missingBound(schema).map((bound) => `${path}: has no \`${bound}\``),
    ...(schema['pattern'] === undefined ? [] : [`${path}: people would read a pattern: use a rule with a message`]),
    ...listAt(schema, 'x-kubernetes-validations').flatMap((rule) => ruleOffences(rule, path)),
    ...members
      .filter(([, member]) => (textAt(member, 'description') ?? '').length < descriptionLengthMin)
      .map(([name]) => `${path}.${name}: has no description`),
    ...members.flatMap(([name, member]) => offences(member, `${path}.${name}`)),
    ...offences(items, `${path}[]`),
    ...offences(additionalProperties, `${path}{}`),
  ]
}

const descriptionLengthMin = 4

/** Whatever has no bound is taken for as large as a request may be, when the API server estimates what a rule costs. */
function missingBound(schema: JsonObject): readonly string[] {
  const { type } = schema
  if (type === 'string') return schema['enum'] === undefined && schema['maxLength'] === undefined ? ['maxLength'] : []
  if (type === 'array') return schema['maxItems'] === undefined ? ['maxItems'] : []
  if (type !== 'object' || schema['additionalProperties'] === undefined) return []
  return schema['maxProperties'] === undefined ? ['maxProperties'] : []
}

function ruleOffences(rule: unknown, path: string): readonly string[] {
  const message = textAt(rule, 'message') ?? ''
  if (/\b(must|only|cannot|immutable)\b/.test(message)) return []
  return [`${path}: a rule must have a message that says what is allowed, not "${message}"`]
}

function columnOffences(definition: Definition): readonly string[] {
  const names = definition.columns.map(({ name }) => name)
  return names
    .filter((name, index) => names.indexOf(name) !== index || /\s/.test(name))
    .map(
      (name) =>
        `${textAt(customResourceDefinition(definition), 'metadata', 'name')}: the column ${name} is doubled or no word`,
    )
}
