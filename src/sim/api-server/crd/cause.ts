/** One entry of `Status.details.causes`. `message` is without the field, as the real server has it there. */
export interface Cause {
  readonly field: string
  readonly message: string
  readonly reason: CauseReason
}

type CauseReason =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotFound'

/** For `invalid`: the real server leaves objects and lists that broke a CEL rule out of the message. */
export const omitted: unique symbol = Symbol('omitted')

/** What the real server prints for a cause that belongs to no field. */
export const noField = '<nil>'

export const invalid = (field: string, value: unknown, detail: string): Cause => ({
  field,
  message: withDetail(value === omitted ? 'Invalid value' : `Invalid value: ${goValue(value)}`, detail),
  reason: 'FieldValueInvalid',
})

export const typeInvalid = (field: string, value: unknown, detail: string): Cause => ({
  ...invalid(field, value, detail),
  reason: 'FieldValueTypeInvalid',
})

export const required = (field: string, detail: string): Cause => ({
  field,
  message: withDetail('Required value', detail),
  reason: 'FieldValueRequired',
})

export const forbidden = (field: string, detail: string): Cause => ({
  field,
  message: withDetail('Forbidden', detail),
  reason: 'FieldValueForbidden',
})

export const duplicate = (field: string, value: unknown): Cause => ({
  field,
  message: value === omitted ? 'Duplicate value' : `Duplicate value: ${goValue(value)}`,
  reason: 'FieldValueDuplicate',
})

export const notSupported = (field: string, value: unknown, supported: readonly string[]): Cause => ({
  field,
  message: withDetail(
    `Unsupported value: ${goValue(value)}`,
    supported.length === 0 ? '' : `supported values: ${supported.map((one) => goQuote(one)).join(', ')}`,
  ),
  reason: 'FieldValueNotSupported',
})

export const tooLong = (field: string, max: number): Cause => ({
  field,
  message: `Too long: may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`,
  reason: 'FieldValueTooLong',
})

export const tooMany = (field: string, actual: number, max: number): Cause => ({
  field,
  message: `Too many: ${actual}: must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
  reason: 'FieldValueTooMany',
})

const withDetail = (message: string, detail: string): string => (detail === '' ? message : `${message}: ${detail}`)

/** A Go struct, which is printed with its own names in its own order. */
export class GoStruct {
  readonly members: readonly (readonly [string, unknown])[]

  constructor(members: readonly (readonly [string, unknown])[]) {
    this.members = members
  }
}

function goValue(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  if (typeof value === 'number') return goNumber(value)
  return goJson(value)
}

/** Go's `%q`, close enough for text that JSON can carry. */
const goQuote = (text: string): string => JSON.stringify(text)

/** Go's `%v`: integers in full, floats in the shortest form, with an exponent from six digits on. */
function goNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value)
  return goFloat(value)
}

/** Go's `%v` of a float64: an exponent from six digits on, `1e+06` where JavaScript says `1000000`. */
export function goFloat(value: number): string {
  if (value === 0) return '0'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(value)
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Go's json.Marshal: sorted keys, and `<`, `>`, `&` escaped. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((member) => goJson(member)).join(',')}]`
  if (typeof value !== 'object' || value === null) return escapeHtml(JSON.stringify(value ?? null))
  const entries =
    value instanceof GoStruct
      ? value.members
      : Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, member]) => `${escapeHtml(JSON.stringify(key))}:${goJson(member)}`).join(',')}}`
}

const escapeHtml = (text: string): string =>
  text.replaceAll(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
