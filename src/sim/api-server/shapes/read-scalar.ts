import type { JsonObject } from '../../../kernel/json.ts'
import { instant } from '../../../kernel/time.ts'
import { goTime } from '../objects/times.ts'
import { canonicalQuantity } from './quantity.ts'

/** No `error`: the JSON type is wrong, and the caller knows the words for that. */
export type ScalarOutcome = { readonly value: JsonObject[string] } | { readonly error: string | undefined }

const wrongType: ScalarOutcome = { error: undefined }

/** Everything that is not in the table is a number. */
export const readScalar = (scalar: string, value: unknown): ScalarOutcome =>
  (readers[scalar] ?? numberReader(scalar))(value)

type Reader = (value: unknown) => ScalarOutcome

const readers: Readonly<Record<string, Reader>> = {
  string: (value) => (typeof value === 'string' ? { value } : wrongType),
  bool: (value) => (typeof value === 'boolean' ? { value } : wrongType),
  bytes: readBytes,
  time: (value) => readTime(value, 's'),
  microtime: (value) => readTime(value, 'us'),
  quantity: readQuantity,
  intstr: (value) => (typeof value === 'string' || Number.isInteger(value) ? { value: asJson(value) } : wrongType),
  any: (value) => ({ value: asJson(value) }),
}

const numberReader =
  (scalar: string): Reader =>
  (value) => {
    if (typeof value !== 'number') return wrongType
    return scalar.startsWith('float') || Number.isInteger(value) ? { value } : wrongType
  }

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function readBytes(value: unknown): ScalarOutcome {
  if (typeof value !== 'string') return wrongType
  const compact = value.replaceAll(/[\r\n]/g, '')
  if (base64.test(compact)) return { value: compact }
  const end = /^[A-Za-z0-9+/]*/.exec(compact)?.[0].length ?? 0
  return { error: `illegal base64 data at input byte ${end}` }
}

function readQuantity(value: unknown): ScalarOutcome {
  if (typeof value !== 'string' && typeof value !== 'number') return wrongType
  const canonical = canonicalQuantity(String(value))
  if (canonical !== undefined) return { value: canonical }
  return {
    error: String.raw`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  }
}

const rfc3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/

function readTime(value: unknown, precision: 's' | 'us'): ScalarOutcome {
  if (typeof value !== 'string') return wrongType
  const [, seconds = '', fraction = '', zone = ''] = rfc3339.exec(value) ?? []
  const at = Date.parse(`${seconds}${zone}`)
  if (Number.isNaN(at)) return { error: noTime(value, precision) }
  if (precision === 's') return { value: fraction === '' && zone === 'Z' ? value : goTime(instant(at)) }
  if (fraction.length !== 6) return { error: lacksMicros(value) }
  return { value: goTime(instant(at)).replace('Z', `.${fraction}Z`) }
}

function noTime(text: string, precision: 's' | 'us'): string {
  const layout = precision === 's' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
  return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as "2006"`
}

/** `metav1.MicroTime` takes exactly six digits. */
const lacksMicros = (text: string): string => {
  const rest = text.slice(19)
  return `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse ${JSON.stringify(rest)} as ".000000"`
}

/** Parsed JSON by construction: every body was copied from JSON values on its way in. */
const asJson = (value: unknown): JsonObject[string] => value as JsonObject[string]
