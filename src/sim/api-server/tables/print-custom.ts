import { type Json, type JsonObject, textAt } from '../../../kernel/json.ts'
import { type Instant, parseTime } from '../../../kernel/time.ts'
import { goJson } from '../crd/cause.ts'
import type { PrinterColumn } from '../crd/compiled-crd.ts'
import { ageOf } from './age.ts'
import { nameOf } from './printer.ts'

/** The columns of a CRD that names none. */
const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  format: '',
  description: '',
  priority: 0,
  select: (object) => {
    const created = textAt(object, 'metadata', 'creationTimestamp')
    return created === undefined ? [] : [created]
  },
}

export const columnsOf = (columns: readonly PrinterColumn[]): readonly PrinterColumn[] =>
  columns.length === 0 ? [ageColumn] : columns

/** Name first, then one cell for each column; null where there is nothing, or nothing of the column's type. */
export const printCustom = (
  object: JsonObject,
  { columns, now }: { readonly columns: readonly PrinterColumn[]; readonly now: Instant },
): readonly Json[] => [
  nameOf(object),
  ...columnsOf(columns).map((column) => cellOf(column, column.select(object)[0], now)),
]

function cellOf({ type }: PrinterColumn, value: unknown, now: Instant): Json {
  if (value === undefined) return null
  switch (type) {
    case 'string':
      return textOf(value)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return dateOf(value, now)
    default:
      return null
  }
}

/** As kubectl's JSONPath prints it: text as it is, the rest as JSON. */
function textOf(value: unknown): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : goJson(value)
}

function dateOf(value: unknown, now: Instant): string | null {
  if (typeof value !== 'string') return null
  return parseTime(value) === undefined ? '<invalid>' : ageOf(value, now)
}
