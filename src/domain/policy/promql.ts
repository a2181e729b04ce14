import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { type Parsed, parsed, rejected } from '../../kernel/parsed.ts'
import { lookbackSeconds } from './promql-lookback.ts'
import { type Problem, resultOf } from './promql-result.ts'

/** An expression that yields an instant vector, read without a Prometheus. */
export interface Promql {
  /** What is asked: without the comparison where that could be taken apart. */
  readonly expr: string
  /** `left > 0.9` hides whoever is not above it. The left side shows both: who is above, and who is there and well. */
  readonly comparison: Comparison | undefined
  /** How far into the past its range selectors, subqueries, offsets and recording rules look, as far as its text tells. */
  readonly lookbackSeconds: number
}

export interface Comparison {
  readonly operator: '>' | '>=' | '<' | '<='
  readonly limit: number
}

/** Syntax errors and results that are no instant vector, each with its place. */
export function parsePromql(source: string): Parsed<Promql> {
  const before = known.get(source)
  if (before !== undefined) return before
  const outcome = read(source)
  if (known.size >= knownMax) known.clear()
  known.set(source, outcome)
  return outcome
}

/** A cluster has a few policies, and every look at a node asks about the same few texts. */
const known = new Map<string, Parsed<Promql>>()
const knownMax = 1_000

/** Mending what is broken takes the parser a tenth of a second for 4,096 characters: a long text is told of its first error alone. */
const mendedMax = 512
const strict = parser.configure({ strict: true })

function read(source: string): Parsed<Promql> {
  if (source.length > mendedMax && !isSound(source))
    return rejected({ path: '', message: `\`${source.slice(0, mendedMax)}…\` is no PromQL` })
  const root = parser.parse(source).topNode
  const broken = syntaxError(root, source)
  if (broken !== undefined) return rejectedAt(source, broken)
  const top = partsOf(root)[0]
  if (top === undefined) return rejected({ path: '', message: 'is empty' })
  const { problem, type } = resultOf(top, source)
  if (problem !== undefined) return rejectedAt(source, problem)
  if (type !== 'vector') {
    const message = `\`${source}\` yields ${article[type]}, and one series per node is needed: an instant vector`
    return rejected({ path: '', message })
  }
  const split = takenApart(top, source)
  return parsed({ expr: source, comparison: undefined, ...split, lookbackSeconds: lookbackSeconds(root, source) })
}

function isSound(source: string): boolean {
  try {
    strict.parse(source)
    return true
  } catch {
    return false
  }
}

const article = { scalar: 'a scalar', string: 'a string', matrix: 'a range vector' } as const

const rejectedAt = (source: string, { text, from }: Problem): Parsed<never> => {
  const lines = source.slice(0, from).split('\n')
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`
  return rejected({ path: '', message: `\`${source}\` is no PromQL: ${text} at ${place}` })
}

/** The deepest first error says most. */
function syntaxError(root: SyntaxNode, source: string): Problem | undefined {
  let found: Problem | undefined
  root.cursor().iterate(({ type, from, to }) => {
    if (found !== undefined || !type.isError) return
    const text = source.slice(from, to)
    found = { from, text: text === '' ? (from >= source.length ? 'ends too early' : 'lacks something') : `'${text}'` }
  })
  return found
}

/** A comparison with a number, which is the whole expression. */
function takenApart(top: SyntaxNode, source: string): Pick<Promql, 'expr' | 'comparison'> | undefined {
  const parts = partsOf(top)
  const [left, sign, right] = parts
  if (top.name === 'ParenExpr' && left !== undefined) return takenApart(left, source)
  if (top.name !== 'BinaryExpr' || parts.length !== 3) return undefined
  if (left === undefined || sign === undefined || right === undefined) return undefined
  const operator = operators[sign.name]
  const limit = Number(source.slice(right.from, right.to).replaceAll(/\s/g, ''))
  if (operator === undefined || !Number.isFinite(limit)) return undefined
  return { expr: source.slice(left.from, left.to), comparison: { operator, limit } }
}

/** Whether the whole is a comparison with `bool`, which has an answer for whoever is well, too. */
export const yieldsZeroOrOne = (source: string): boolean => isBool(partsOf(parser.parse(source).topNode)[0])

function isBool(node: SyntaxNode | undefined): boolean {
  if (node?.name === 'ParenExpr') return isBool(partsOf(node)[0])
  return node?.name === 'BinaryExpr' && partsOf(node).some(({ name }) => name === 'BoolModifier')
}

const operators: Readonly<Record<string, Comparison['operator']>> = { Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=' }

const partsOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const parts: SyntaxNode[] = []
  for (let part = node.firstChild; part !== null; part = part.nextSibling) {
    if (part.name !== 'LineComment') parts.push(part)
  }
  return parts
}
