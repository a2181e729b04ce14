import { isObject, type JsonObject } from '../../../kernel/json.ts'
import { readScalar } from './read-scalar.ts'
import { type Field, goTypeOf, type Shape, type Struct } from './shape.ts'

/** The value does not fit the Go type; the message is the one of Go's JSON decoder. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

export interface DecodedTyped {
  readonly object: JsonObject
  /** Paths of what was dropped: `spec.foo`, `spec.containers[0].bar`. */
  readonly unknownFields: readonly string[]
}

/** What is known of a value before it is read. */
export interface Reading {
  /**
   * What is frozen was stored, so it has been read before as what it is: reading it again would change nothing. True for what a
   * patch made of a stored object, where everything else is new.
   */
  readonly trustsFrozen: boolean
}

interface Walk extends Reading {
  readonly unknownFields: string[]
}

const nothingKnown: Reading = { trustsFrozen: false }

/**
 * What remains of a JSON value after it went through the Go type and back: unknown fields and empty optional ones are gone,
 * required ones appear with their zero value, times and quantities are written the one way. Throws DecodeError.
 */
function decodeTyped(struct: Struct, value: unknown, { trustsFrozen }: Reading): DecodedTyped {
  if (trustsFrozen && isObject(value) && Object.isFrozen(value)) return { object: value, unknownFields: [] }
  const walk: Walk = { trustsFrozen, unknownFields: [] }
  const object = decodeStruct(struct, value, walk)
  return { object, unknownFields: walk.unknownFields }
}

/** What Go writes for a value of the type with nothing in it. */
export const emptyOf = (struct: Struct): JsonObject => decodeStruct(struct, {}, { ...nothingKnown, unknownFields: [] })

function decodeStruct(struct: Struct, value: unknown, walk: Walk): JsonObject {
  const given = value ?? {}
  if (!isObject(given)) throw mismatch(given, struct)
  const result: Record<string, JsonObject[string]> = {}
  for (const name in given) {
    const field = struct.fields.get(name)
    if (field === undefined) walk.unknownFields.push(name)
    else if (given[name] !== undefined && given[name] !== null) {
      const found = decodeField(struct, field, { value: given[name], walk })
      if (found !== undefined) result[name] = found
    }
  }
  for (const { name, absent } of alwaysThere(struct)) if (result[name] === undefined) result[name] = absent
  return result
}

interface Standing {
  readonly name: string
  readonly absent: JsonObject[string]
}

const standing = new WeakMap<Struct, readonly Standing[]>()

/** The fields that Go writes even where nothing was given, with what it writes. */
function alwaysThere(struct: Struct): readonly Standing[] {
  const known = standing.get(struct)
  if (known !== undefined) return known
  const found = [...struct.fields.values()].flatMap((field) => {
    const absent = field.pointer || mayOmit(field) ? omitted(field) : zeroOf(field.shape)
    return absent === undefined ? [] : [{ name: field.name, absent }]
  })
  standing.set(struct, found)
  return found
}

interface Found {
  readonly value: unknown
  readonly walk: Walk
}

function decodeField(struct: Struct, field: Field, found: Found): JsonObject[string] {
  const { unknownFields } = found.walk
  const before = unknownFields.length
  const decoded = decodeInPlace(struct, field, found)
  for (let index = before; index < unknownFields.length; index += 1) {
    const path = unknownFields[index] ?? ''
    unknownFields[index] = path.startsWith('[') ? `${field.name}${path}` : `${field.name}.${path}`
  }
  if (field.pointer) return decoded
  // An empty list does not survive the way into storage and back.
  if (!mayOmit(field) && field.shape.kind === 'List' && Array.isArray(decoded) && decoded.length === 0) return null
  return mayOmit(field) && isZero(field, decoded) ? omitted(field) : decoded
}

const mayOmit = ({ omitEmpty, omitZero }: Field): boolean => omitEmpty || omitZero

/** Go never omits a struct for `omitempty` alone: it appears with its own required fields. */
function omitted({ shape, pointer, omitZero }: Field): JsonObject[string] {
  if (pointer || omitZero) return undefined
  if (shape.kind === 'Struct') return emptyOf(shape)
  return shape.kind === 'Scalar' && (shape.scalar === 'time' || shape.scalar === 'microtime') ? null : undefined
}

function isZero({ shape, omitZero }: Field, value: JsonObject[string]): boolean {
  if (shape.kind === 'Struct') return omitZero && isObject(value) && Object.keys(value).length === 0
  if (shape.kind === 'List') return Array.isArray(value) && value.length === 0
  if (shape.kind === 'Map') return isObject(value) && Object.keys(value).length === 0
  return value === '' || value === false || value === null || (value === 0 && shape.scalar !== 'intstr')
}

function zeroOf(shape: Shape): JsonObject[string] {
  if (shape.kind === 'Struct') return emptyOf(shape)
  if (shape.kind !== 'Scalar') return null
  if (shape.scalar === 'string') return ''
  if (shape.scalar === 'bool') return false
  if (shape.scalar === 'quantity') return '0'
  return /^(u?int|float)/.test(shape.scalar) ? 0 : null
}

function decode(shape: Shape, value: unknown, walk: Walk): JsonObject[string] {
  if (shape.kind === 'Scalar') return decodeScalar(shape, value)
  if (walk.trustsFrozen && isContainer(value) && Object.isFrozen(value)) return value
  if (shape.kind === 'Struct') return decodeStruct(shape, value, walk)
  if (shape.kind === 'Map') return decodeMap(shape.of, value, walk)
  if (!Array.isArray(value)) throw mismatch(value, shape)
  return value.map((member, index) => decodeMember(shape.of, member, { step: index, walk }) ?? null)
}

const isContainer = (value: unknown): value is JsonObject | readonly JsonObject[] =>
  isObject(value) || Array.isArray(value)

function decodeMap(of: Shape, value: unknown, walk: Walk): JsonObject {
  if (!isObject(value)) throw mismatch(value, { kind: 'Map', of })
  const read: Record<string, JsonObject[string]> = {}
  for (const key of Object.keys(value)) read[key] = decodeMember(of, value[key], { step: key, walk })
  return read
}

interface Member {
  readonly step: string | number
  readonly walk: Walk
}

function decodeMember(shape: Shape, member: unknown, { step, walk }: Member): JsonObject[string] {
  const { unknownFields } = walk
  const before = unknownFields.length
  const decoded = member === null || member === undefined ? zeroOf(shape) : decode(shape, member, walk)
  for (let index = before; index < unknownFields.length; index += 1)
    unknownFields[index] = `${typeof step === 'number' ? `[${step}]` : step}.${unknownFields[index] ?? ''}`
  return decoded
}

function decodeScalar(shape: Extract<Shape, { kind: 'Scalar' }>, value: unknown): JsonObject[string] {
  const outcome = readScalar(shape.scalar, value)
  if ('value' in outcome) return outcome.value
  throw outcome.error === undefined ? mismatch(value, shape) : new DecodeError(outcome.error)
}

/** Thrown below, told with the path above: Go names the innermost struct and the whole path without indices. */
class Mismatch extends Error {
  readonly given: unknown
  readonly wanted: Shape
  readonly path: readonly string[]
  readonly owner: string

  constructor(given: unknown, wanted: Shape, place: { readonly path: readonly string[]; readonly owner: string }) {
    super('mismatch')
    this.given = given
    this.wanted = wanted
    this.path = place.path
    this.owner = place.owner
  }
}

const mismatch = (given: unknown, wanted: Shape): Mismatch => new Mismatch(given, wanted, { path: [], owner: '' })

function decodeInPlace(struct: Struct, field: Field, { value, walk }: Found): JsonObject[string] {
  try {
    return decode(field.shape, value, walk)
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const owner = error.owner === '' ? (struct.name.split('.').at(-1) ?? '') : error.owner
    throw new Mismatch(error.given, error.wanted, { path: [field.name, ...error.path], owner })
  }
}

/** Like `decodeTyped`, with every refusal as a DecodeError in Go's words. */
export function decodeOrExplain(struct: Struct, value: unknown, known = nothingKnown): DecodedTyped {
  try {
    return decodeTyped(struct, value, known)
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const where = error.path.length === 0 ? 'Go value' : `Go struct field ${error.owner}.${error.path.join('.')}`
    throw new DecodeError(
      `json: cannot unmarshal ${jsonKind(error.given)} into ${where} of type ${goTypeOf(error.wanted)}`,
    )
  }
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`
  return typeof value === 'boolean' ? 'bool' : typeof value
}
