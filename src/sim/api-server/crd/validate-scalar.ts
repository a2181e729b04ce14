import type { Cause } from './cause.ts'
import { goFloat, invalid, noField, tooLong, typeInvalid } from './cause.ts'
import { isOfFormat } from './formats.ts'
import { isMatch } from './pattern.ts'
import { fieldAt, type Place } from './place.ts'
import { type Structural, typesOf } from './structural.ts'

/** The type of a value, with the server's peculiar ways around formats. */
export function checkType(place: Place, value: unknown): readonly Cause[] {
  const { schema, path } = place
  const types = typesOf(schema)
  const complain = (wanted: string, found: string): readonly Cause[] => [
    typeInvalid(fieldAt(place), found, `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`),
  ]
  if (value === null) return types.length === 0 || schema.nullable ? [] : complain(types.join(','), 'null')
  const found = typeOf(value)
  if (isAnything(schema, types) || types.includes(found) || isNumberThatFits(types, value)) return []
  const isTextual = found === 'string' || found === 'array'
  if (schema.format !== '' && !isTextual) return complain(schema.format, nativeFormat(value))
  if (schema.format !== '' && !isNumeric(types)) return []
  return complain(types.join(','), found)
}

const isAnything = ({ format }: Structural, types: readonly string[]): boolean => types.length === 0 && format === ''

const isNumeric = (types: readonly string[]): boolean => types.includes('number') || types.includes('integer')

/** An integer is a number, and a number without a fraction is an integer. */
const isNumberThatFits = (types: readonly string[], value: unknown): boolean =>
  typeof value === 'number' && (types.includes('number') || (types.includes('integer') && Number.isInteger(value)))

function typeOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

function nativeFormat(value: unknown): string {
  if (typeof value !== 'number') return ''
  return Number.isInteger(value) ? 'int64' : 'float64'
}

/** The first of length and pattern that does not fit, and then the format. */
export function checkText(place: Place, text: string): readonly Cause[] {
  const { schema, path } = place
  const field = fieldAt(place)
  const format = isOfFormat(schema.format, text)
    ? []
    : [typeInvalid(field, text, `${path} in body must be of type ${schema.format}: ${JSON.stringify(text)}`)]
  return [...checkLengths(place, text), ...format]
}

function checkLengths(place: Place, text: string): readonly Cause[] {
  const { schema, path } = place
  const { minLength, maxLength, pattern } = schema.bounds
  const length = Array.from(text).length
  const field = fieldAt(place)
  if (maxLength !== undefined && length > maxLength) return [tooLong(field, maxLength)]
  if (minLength !== undefined && length < minLength)
    return [invalid(field, text, `${path} in body should be at least ${minLength} chars long`)]
  if (pattern !== '' && !isMatch(pattern, text))
    return [invalid(field, text, `${path} in body should match '${pattern}'`)]
  return []
}

export function checkNumber(place: Place, value: number): readonly Cause[] {
  const { schema } = place
  const { multipleOf, minimum, maximum } = schema.bounds
  const bad = (detail: string): Cause => invalid(fieldAt(place), value, `${place.path} in body should be ${detail}`)
  return [
    ...checkRange(place, value),
    ...(multipleOf !== undefined && !isMultiple(value, multipleOf)
      ? [bad(`a multiple of ${bound(value, multipleOf)}`)]
      : []),
    ...(minimum !== undefined && isBelow(schema, value, minimum) ? [bad(belowText(schema, value, minimum))] : []),
    ...(maximum !== undefined && isAbove(schema, value, maximum) ? [bad(aboveText(schema, value, maximum))] : []),
  ]
}

/** Beside a whole number the server cuts the bound down to a whole number too: 0 passes a minimum of 0.5. */
const limitFor = (value: number, limit: number): number => (Number.isInteger(value) ? Math.trunc(limit) : limit)

const isBelow = ({ bounds }: Structural, value: number, minimum: number): boolean =>
  value < limitFor(value, minimum) || (bounds.exclusiveMinimum && value === limitFor(value, minimum))

const isAbove = ({ bounds }: Structural, value: number, maximum: number): boolean =>
  value > limitFor(value, maximum) || (bounds.exclusiveMaximum && value === limitFor(value, maximum))

const belowText = ({ bounds }: Structural, value: number, minimum: number): string =>
  `greater than ${bounds.exclusiveMinimum ? '' : 'or equal to '}${bound(value, minimum)}`

const aboveText = ({ bounds }: Structural, value: number, maximum: number): string =>
  `less than ${bounds.exclusiveMaximum ? '' : 'or equal to '}${bound(value, maximum)}`

/** A bound is shown in the type of the value: whole beside integers, as a float beside fractions. */
const bound = (value: number, limit: number): string =>
  Number.isInteger(value) ? String(Math.trunc(limit)) : goFloat(limit)

function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor
  return Math.abs(times - Math.round(times)) < 1e-9
}

const int32Max = 2_147_483_647

function checkRange(place: Place, value: number): readonly Cause[] {
  const { schema, prefix, path } = place
  if (schema.type !== 'integer') return []
  const max = schema.format === 'int32' ? int32Max : Number.POSITIVE_INFINITY
  if (Number.isInteger(value) && value <= max && value >= -max - 1) return []
  const format = schema.format === '' ? '(default format)' : `with format ${schema.format}`
  const detail = `Checked value must be of type integer ${format} in ${path}`
  return [invalid(prefix === '' ? noField : prefix, '', detail)]
}
