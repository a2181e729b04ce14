import { type CelInput, celEnv, celList, celMap, parse, plan } from '@bufbuild/cel'
import { memberSchema, type Structural } from '../structural.ts'
import { compareUnordered } from './equality.ts'
import { escapeName } from './escape.ts'

/**
 * The CEL values of the parts of one object. A whole number becomes an int or a double by its schema: CEL counts with the
 * one and not with the other, and JSON does not tell them apart. Each part is converted once under its schema, however many rules
 * and writes see it.
 */
export class CelValues {
  readonly #known = new WeakMap<object, { readonly schema: Structural | undefined; readonly made: CelInput }>()

  of(schema: Structural | undefined, value: unknown): CelInput {
    if (typeof value === 'object' && value !== null) return this.#ofParts(schema, value)
    if (typeof value === 'number') return schema?.type !== 'number' && Number.isInteger(value) ? BigInt(value) : value
    if (typeof value === 'string') return toCelText(schema, value)
    return typeof value === 'boolean' ? value : null
  }

  #ofParts(schema: Structural | undefined, value: object): CelInput {
    const known = this.#known.get(value)
    if (known !== undefined && known.schema === schema) return known.made
    const made = Array.isArray(value) ? this.#list(schema, value) : celMap(this.#members(schema, value))
    this.#known.set(value, { schema, made })
    return made
  }

  #list(schema: Structural | undefined, members: readonly unknown[]): CelInput {
    const list = celList(members.map((member) => this.of(schema?.items, member)))
    return schema === undefined || schema.listType === 'atomic' ? list : compareUnordered(list, schema.listMapKeys)
  }

  #members(schema: Structural | undefined, object: object): ReadonlyMap<string, CelInput> {
    const isMap = typeof schema?.additionalProperties === 'object'
    const members = new Map<string, CelInput>()
    for (const [key, value] of Object.entries(object)) {
      const name = isMap ? key : escapeName(key)
      if (name !== undefined && value !== undefined) members.set(name, this.of(memberSchema(schema, key), value))
    }
    return members
  }
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
