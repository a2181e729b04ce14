import { type Command, Option } from 'commander'
import { Document, Scalar, visit } from 'yaml'
import { apiVersionOf, type Kind } from '../../api/kind.ts'
import { unreachable } from '../../kernel/assert.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { CliContext } from '../context.ts'
import { table } from './table.ts'

const formats = ['json', 'yaml', 'wide', 'name'] as const
export type Format = (typeof formats)[number]

/** `-o`, the same on every verb that shows something. */
const formatOption = (): Option => new Option('-o, --output <format>', 'how to print').choices(formats)

export const withFormat = (command: Command): Command => command.addOption(formatOption())

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Shown by `-o wide` only. */
  readonly wide?: boolean
}

/** Rows of one kind, their cells computed. */
export interface Listing {
  readonly kind: Kind
  readonly titles: readonly { readonly title: string; readonly wide: boolean }[]
  readonly rows: readonly ListedRow[]
}

interface ListedRow {
  readonly name: string
  readonly cells: readonly string[]
  /** For json and yaml. */
  readonly object: object
}

export const listingOf = <Row>(
  kind: Kind,
  columns: readonly Column<Row>[],
  rows: readonly { readonly name: string; readonly row: Row; readonly object: object }[],
): Listing => ({
  kind,
  titles: columns.map(({ title, wide = false }) => ({ title, wide })),
  rows: rows.map(({ name, row, object }) => ({ name, object, cells: columns.map(({ cell }) => cell(row)) })),
})

export function printListing(
  { terminal }: CliContext,
  { kind, rows, titles }: Listing,
  format: Format | undefined,
): void {
  switch (format) {
    case 'json':
    case 'yaml':
      printValue(
        terminal,
        { apiVersion: outputVersion, kind: `${kind.kind}List`, items: rows.map(({ object }) => object) },
        format,
      )
      return
    case 'name':
      for (const { name } of rows)
        terminal.out(`${kind.kind.toLowerCase()}${kind.group === '' ? '' : `.${kind.group}`}/${name}`)
      return
    case 'wide':
    case undefined:
      printTable(terminal, { titles, rows }, format === 'wide')
      return
    default:
      unreachable(format)
  }
}

/** The schema of what verbs print as json and yaml. */
export const outputVersion = 'prunella.dev/cli/v1'

function printTable(terminal: CliContext['terminal'], { titles, rows }: Omit<Listing, 'kind'>, isWide: boolean): void {
  if (rows.length === 0) {
    terminal.err('No resources found')
    return
  }
  const shown = <Value>(values: readonly Value[]): readonly Value[] =>
    values.filter((_, column) => isWide || titles[column]?.wide !== true)
  const lines = table(
    shown(titles).map(({ title }) => title),
    rows.map(({ cells }) => shown(cells)),
  )
  for (const line of lines) terminal.out(line)
}

export function printValue(terminal: CliContext['terminal'], value: object, format: 'json' | 'yaml'): void {
  terminal.out(format === 'json' ? JSON.stringify(value, undefined, 2) : yamlOf(value))
}

/** Between double quotes the terminal's escapes are YAML's as well, and are read back as what they stand for. */
function yamlOf(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar: (_, scalar) => {
      const { value: text } = scalar
      if (typeof text === 'string' && !isPlain(text)) scalar.type = Scalar.QUOTE_DOUBLE
    },
  })
  return document.toString().trimEnd()
}

/** But for lines and tabs: a block of text is easier to read. */
const isPlain = (text: string): boolean => {
  const rest = text.replaceAll(/[\n\t]/g, '')
  return safeText(rest, Number.POSITIVE_INFINITY) === rest
}

export const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text)

/** The object with its apiVersion and kind, as people know it. */
export const named = (kind: Kind, object: object): object => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  ...object,
})
