import { unreachable } from '../../../../kernel/assert.ts'
import type { Structural } from '../structural.ts'
import { escapeName } from './escape.ts'

/** The type that CEL sees for a value of a schema. */
export type DeclType =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'dyn' }
  | { readonly kind: 'list'; readonly of: DeclType }
  | { readonly kind: 'map'; readonly of: DeclType }
  /** `oldSelf` of a rule that is asked on creation too. */
  | { readonly kind: 'optional'; readonly of: DeclType }
  /** A map's keys are its own; an object's fields are these and no others. */
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, DeclType> }

export const dyn: DeclType = { kind: 'dyn' }
export const scalar = (name: string): DeclType => ({ kind: 'scalar', name })

/**
 * Undefined: a rule cannot see such a value (unknown fields, lists without items). At the root of a resource kind,
 * apiVersion and the name are visible whatever the schema says.
 */
export function declTypeOf(schema: Structural, isResourceRoot = false): DeclType | undefined {
  if (schema.intOrString) return dyn
  switch (schema.type) {
    case 'array':
      return wrapped('list', schema.items)
    case 'object':
      return objectType(schema, isResourceRoot)
    case 'string':
      return scalar(textTypes[schema.format] ?? 'string')
    case 'boolean':
      return scalar('bool')
    case 'number':
      return scalar('double')
    case 'integer':
      return scalar('int')
    default:
      return undefined
  }
}

const textTypes: Readonly<Record<string, string>> = {
  byte: 'bytes',
  duration: 'google.protobuf.Duration',
  date: 'google.protobuf.Timestamp',
  'date-time': 'google.protobuf.Timestamp',
}

function wrapped(kind: 'list' | 'map', member: Structural | undefined): DeclType | undefined {
  const of = member === undefined ? undefined : declTypeOf(member, member.embeddedResource)
  return of === undefined ? undefined : { kind, of }
}

function objectType(schema: Structural, isResourceRoot: boolean): DeclType | undefined {
  if (typeof schema.additionalProperties === 'object') return wrapped('map', schema.additionalProperties)
  const fields = new Map<string, DeclType>()
  for (const [name, property] of schema.properties) {
    const type = declTypeOf(property, property.embeddedResource)
    const escaped = escapeName(name)
    if (type !== undefined && escaped !== undefined) fields.set(escaped, type)
  }
  if (isResourceRoot) for (const [name, type] of resourceFields) fields.set(name, type)
  return { kind: 'object', fields }
}

const text = scalar('string')
const resourceFields: ReadonlyMap<string, DeclType> = new Map([
  ['apiVersion', text],
  ['kind', text],
  [
    'metadata',
    {
      kind: 'object',
      fields: new Map([
        ['name', text],
        ['generateName', text],
      ]),
    },
  ],
])

/** As the messages of the type checker name it. */
export function typeName(type: DeclType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name === 'null_type' ? 'null' : type.name
    case 'dyn':
      return 'dyn'
    case 'list':
      return `list(${typeName(type.of)})`
    case 'map':
      return `map(string, ${typeName(type.of)})`
    case 'optional':
      return `optional_type(${typeName(type.of)})`
    case 'object':
      return 'object'
    default:
      return unreachable(type)
  }
}
