import type { Cause } from '../crd/cause.ts'

/** As Go's `%#v` prints a JSON value in `Invalid value: …`. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return JSON.stringify(value) ?? 'null'
}

export const required = (field: string, detail: string): Cause => ({
  field,
  reason: 'FieldValueRequired',
  message: detail === '' ? 'Required value' : `Required value: ${detail}`,
})

export const invalidValue = (field: string, value: unknown, detail: string): Cause => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${detail}`,
})

export const notSupported = (field: string, value: unknown, supported: readonly string[]): Cause => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`,
})

export const forbiddenField = (field: string, detail: string): Cause => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
})

export const immutable = (field: string, value: unknown): Cause => invalidValue(field, value, 'field is immutable')
