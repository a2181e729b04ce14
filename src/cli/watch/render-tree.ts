import type { Branch, BranchMark } from '../../domain/explain/run-tree.ts'
import { wrapped } from '../../domain/explain/wrapped.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { durationInWords, type Instant } from '../../kernel/time.ts'
import type { CliContext } from '../context.ts'
import { paint, type Tone } from '../output/paint.ts'

interface Look {
  readonly terminal: Pick<CliContext['terminal'], 'colours' | 'unicode'>
  readonly columns: number
  readonly now: Instant
}

interface Strokes {
  readonly marks: Readonly<Record<BranchMark, string>>
  readonly inner: string
  readonly last: string
  readonly down: string
}

const ascii: Strokes = {
  marks: { Observed: '+', UnderWay: '~', Held: '!', Failed: 'x', Waiting: '.', Unknown: '?' },
  inner: '|-- ',
  last: '`-- ',
  down: '|   ',
}

const unicode: Strokes = {
  marks: { Observed: '✓', UnderWay: '~', Held: '!', Failed: '✗', Waiting: '·', Unknown: '?' },
  inner: '├── ',
  last: '└── ',
  down: '│   ',
}

/** Quiet when well: a colour is for what needs somebody. */
const tones: Readonly<Partial<Record<BranchMark, Tone>>> = {
  Observed: 'Quiet',
  Waiting: 'Quiet',
  Held: 'Doubt',
  Unknown: 'Doubt',
  Failed: 'Bad',
}

/** A tree as lines: state, since, why. Every glyph has its word beside it. */
export function renderTree(root: Branch, look: Look): readonly string[] {
  const strokes = look.terminal.unicode ? unicode : ascii
  const rows = rowsOf(root, strokes, { head: '', rest: '' })
  const widths = {
    name: Math.min(nameMax, widest([...rows.map(nameCell), 'NAME'])),
    kind: widest([...rows.map(({ branch }) => branch.kind), 'KIND']),
    status: widest([...rows.map(({ branch }) => branch.status), 'STATUS']),
  }
  const title = `${'NAME'.padEnd(widths.name)}  ${'KIND'.padEnd(widths.kind)}  ${'STATUS'.padEnd(widths.status)}  SINCE   INFO`
  return [title, ...rows.flatMap((row) => linesOf(row, { ...look, strokes, widths }))]
}

/** A longer name pushes its own line to the right, not all of them. */
const nameMax = 44
const sinceWidth = 6
/** Below this a sentence stands better in a line of its own. */
const textLeast = 24

interface Row {
  readonly branch: Branch
  readonly head: string
  /** What stands below the row, before its notes. */
  readonly rest: string
  readonly mark: string
}

interface Prefix {
  readonly head: string
  readonly rest: string
}

function rowsOf(branch: Branch, strokes: Strokes, { head, rest }: Prefix): readonly Row[] {
  const { children } = branch
  const below = children.flatMap((child, index) => {
    const isLast = index === children.length - 1
    const stroke = isLast ? strokes.last : strokes.inner
    const down = isLast ? '    ' : strokes.down
    return rowsOf(child, strokes, { head: `${rest}${stroke}`, rest: `${rest}${down}` })
  })
  const under = children.length > 0 ? `${rest}${strokes.down}` : `${rest}    `
  return [{ branch, head, rest: under, mark: strokes.marks[branch.mark] }, ...below]
}

const nameCell = ({ head, mark, branch }: Row): string => `${head}${mark} ${oneLine(branch.name)}`

/** Nodes and pods wrote most of it, and the width of a line is counted. */
const oneLine = (text: string): string => safeText(text, Number.POSITIVE_INFINITY)

interface Layout extends Look {
  readonly strokes: Strokes
  readonly widths: { readonly name: number; readonly kind: number; readonly status: number }
}

function linesOf(row: Row, layout: Layout): readonly string[] {
  const { branch, rest } = row
  const { terminal, widths, columns, now } = layout
  const since = branch.since === undefined ? '' : durationInWords(now - branch.since)
  const name = nameCell(row).padEnd(widths.name)
  const left = `${name}  ${branch.kind.padEnd(widths.kind)}  `
  const status = branch.status.padEnd(widths.status)
  const right = `  ${since.padEnd(sinceWidth)}  `
  const margin = `${left}${status}${right}`
  const isRoomy = columns - margin.length >= textLeast
  const [first = '', ...others] = wrapped(margin, isRoomy ? oneLine(branch.text) : '', columns)
  const painted = `${left}${paint(terminal, tones[branch.mark], status)}${first.slice(left.length + status.length)}`
  const told = isRoomy || branch.text === '' ? branch.notes : [branch.text, ...branch.notes]
  const under = (line: string): string => `${rest}${line.slice(rest.length)}`.trimEnd()
  const notes = told.flatMap((note) => wrapped(`${rest}  `, oneLine(note), columns))
  return [painted.trimEnd(), ...[...others, ...notes].map(under)]
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
