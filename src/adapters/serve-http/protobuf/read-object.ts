import { isObject, type Json, type JsonObject } from '../../../kernel/json.ts'
import { WireError, type WireField, wireFields } from './wire.ts'
import recorded from './wire-fields.json' with { type: 'json' }

/**
 * Typed Go clients, kubectl among them, write built-in kinds as protobuf and do not fall back. This reads such a body into
 * the JSON that it stands for. The numbers of the fields are recorded by scripts/wire-fields.
 */
export function readProtobufObject(bytes: Uint8Array): JsonObject | undefined {
  if (magic.some((byte, index) => bytes[index] !== byte)) return undefined
  const { apiVersion, kind, raw } = readEnvelope(bytes.subarray(magic.length))
  const message = kind === 'DeleteOptions' ? kinds.get('v1 DeleteOptions') : kinds.get(`${apiVersion} ${kind}`)
  return message === undefined ? undefined : { apiVersion, kind, ...readMessage(message, raw) }
}

/** `k8s` and a zero. */
const magic = [0x6b, 0x38, 0x73, 0x00]
const kinds: ReadonlyMap<string, string> = new Map(Object.entries(recorded.kinds))
const messages: ReadonlyMap<string, ReadonlyMap<number, Field>> = new Map(
  Object.entries(recorded.messages).map(([name, fields]) => [name, readFields(fields)]),
)

interface Field {
  /** Empty: the members of the message stand beside those of its owner. */
  readonly name: string
  readonly type: string
  /** JSON leaves out what is zero. */
  readonly omitsZero: boolean
}

function readFields(fields: Readonly<Record<string, string>>): ReadonlyMap<number, Field> {
  return new Map(
    Object.entries(fields).map(([number, text]) => {
      const [, name = '', type = '', mark = ''] = /^(.*):([^?]*)(\??)$/.exec(text) ?? []
      return [Number(number), { name, type, omitsZero: mark !== '' }]
    }),
  )
}

function readEnvelope(bytes: Uint8Array): {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
} {
  let [apiVersion, kind, raw] = ['', '', new Uint8Array()]
  for (const { number, value } of wireFields(bytes)) {
    if (number === 2) raw = Uint8Array.from(bytesOf(value))
    if (number !== 1) continue
    for (const member of wireFields(bytesOf(value))) {
      if (member.number === 1) apiVersion = textOf(member.value)
      if (member.number === 2) kind = textOf(member.value)
    }
  }
  return { apiVersion, kind, raw }
}

function readMessage(name: string, bytes: Uint8Array): JsonObject {
  const fields = messages.get(name)
  const object: Record<string, Json | undefined> = {}
  for (const written of wireFields(bytes)) {
    const field = fields?.get(written.number)
    if (field !== undefined) addField(object, field, written)
  }
  return object
}

function addField(
  object: Record<string, Json | undefined>,
  { name, type, omitsZero }: Field,
  { value }: WireField,
): void {
  if (omitsZero && /^\w/.test(type) && isZero(value)) return
  if (name === '') Object.assign(object, readMessage(type.slice(1), bytesOf(value)))
  else if (type.startsWith('[]')) object[name] = [...listOf(object[name]), ...readRepeated(type.slice(2), value)]
  else if (type.startsWith('{}'))
    object[name] = { ...objectOf(object[name]), ...readEntry(type.slice(2), bytesOf(value)) }
  else object[name] = readValue(type, value)
}

const isZero = (value: bigint | Uint8Array): boolean => (typeof value === 'bigint' ? value === 0n : value.length === 0)

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

/** A map is a list of messages with a key and a value. */
function readEntry(type: string, bytes: Uint8Array): JsonObject {
  let key = ''
  let member: Json | undefined = emptyOf(type)
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) key = textOf(value)
    if (number === 2) member = readValue(type, value)
  }
  return { [key]: member }
}

const emptyOf = (type: string): Json => (type === 'string' || type === 'bytes' ? '' : {})

/** Numbers may be packed into one field. */
function readRepeated(type: string, value: bigint | Uint8Array): readonly Json[] {
  const isPacked = value instanceof Uint8Array && /^u?int\d*$/.test(type)
  if (!isPacked) return [readValue(type, value) ?? null]
  return Array.from(wireFields(unpacked(value)), (packed) => Number(packed.value))
}

/** Each packed number, written as a field of its own. */
function unpacked(bytes: Uint8Array): Uint8Array {
  const fields: number[] = []
  let starts = true
  for (const byte of bytes) {
    if (starts) fields.push(0x08)
    fields.push(byte)
    starts = byte < 0x80
  }
  return Uint8Array.from(fields)
}

function readValue(type: string, value: bigint | Uint8Array): Json | undefined {
  if (type.startsWith('@')) return readMessage(type.slice(1), bytesOf(value))
  switch (type) {
    case 'string':
      return textOf(value)
    case 'bool':
      return value !== 0n
    case 'bytes':
      return Buffer.from(bytesOf(value)).toString('base64')
    case 'time':
      return readTime(bytesOf(value), 0)
    case 'microtime':
      return readTime(bytesOf(value), 6)
    case 'quantity':
      return readText(bytesOf(value), 1)
    case 'intstr':
      return readIntOrString(bytesOf(value))
    case 'raw':
      return readRaw(bytesOf(value))
    case 'strings':
      return Array.from(wireFields(bytesOf(value)), (member) => textOf(member.value))
    case 'float64':
      return new DataView(Uint8Array.from(bytesOf(value)).buffer).getFloat64(0, true)
    default:
      return Number(value)
  }
}

/** Undefined: the zero time, which JSON has as null. */
function readTime(bytes: Uint8Array, digits: number): string | undefined {
  const fields = new Map(Array.from(wireFields(bytes), ({ number, value }) => [number, Number(value)]))
  const seconds = fields.get(1)
  if (seconds === undefined) return undefined
  const whole = new Date(seconds * 1_000).toISOString().slice(0, 19)
  const fraction = String(fields.get(2) ?? 0)
    .padStart(9, '0')
    .slice(0, digits)
  return `${whole}${digits === 0 ? '' : `.${fraction}`}Z`
}

function readIntOrString(bytes: Uint8Array): Json {
  const fields = new Map(Array.from(wireFields(bytes), ({ number, value }) => [number, value]))
  const isText = fields.get(1) === 1n
  return isText ? textOf(fields.get(3) ?? new Uint8Array()) : Number(fields.get(2) ?? 0)
}

function readRaw(bytes: Uint8Array): Json {
  const text = readText(bytes, 1)
  const parsed: Json = text === '' ? {} : JSON.parse(text)
  return parsed
}

function readText(bytes: Uint8Array, wanted: number): string {
  for (const { number, value } of wireFields(bytes)) if (number === wanted) return textOf(value)
  return ''
}

function bytesOf(value: bigint | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new WireError('a number stands where a message should')
}

const textOf = (value: bigint | Uint8Array): string => Buffer.from(bytesOf(value)).toString('utf8')
