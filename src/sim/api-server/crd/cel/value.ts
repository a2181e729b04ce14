import { type CelInput, celEnv, parse, plan } from '@bufbuild/cel'
import { isObject } from '../../../../kernel/json.ts'
import { memberSchema, type Structural } from '../structural.ts'
import { escapeName } from './escape.ts'

/**
 * The CEL value of a piece of JSON. A whole number becomes an int or a double by its schema: CEL counts with the one and
 * not with the other, and JSON does not tell them apart.
 */
export function toCelValue(schema: Structural | undefined, value: unknown): CelInput {
  if (Array.isArray(value)) return value.map((member) => toCelValue(schema?.items, member))
  if (isObject(value)) return toCelMap(schema, value)
  if (typeof value === 'number') return schema?.type !== 'number' && Number.isInteger(value) ? BigInt(value) : value
  if (typeof value === 'string') return toCelText(schema, value)
  return typeof value === 'boolean' ? value : null
}

function toCelMap(schema: Structural | undefined, object: object): CelInput {
  const isMap = typeof schema?.additionalProperties === 'object'
  const members = new Map<string, CelInput>()
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue
    const name = isMap ? key : escapeName(key)
    if (name !== undefined) members.set(name, toCelValue(memberSchema(schema, key), value))
  }
  return members
}

/** Times that cannot be read stay text: their format was judged before any rule is asked. */
function toCelText(schema: Structural | undefined, text: string): CelInput {
  if (schema?.type !== 'string') return text
  switch (schema.format) {
    case 'date-time':
      return converted(toTimestamp, text)
    case 'date':
      return converted(toTimestamp, `${text}T00:00:00Z`)
    case 'duration':
      return converted(toDuration, text)
    case 'byte':
      return toBytes(text)
    default:
      return text
  }
}

function toBytes(text: string): CelInput {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return text
  }
}

const env = celEnv()
const toTimestamp = plan(env, parse('timestamp(text)'))
const toDuration = plan(env, parse('duration(text)'))

function converted(program: typeof toTimestamp, text: string): CelInput {
  const result = program({ text })
  return result instanceof Error ? text : result
}
