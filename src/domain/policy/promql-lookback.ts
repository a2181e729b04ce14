import type { SyntaxNode } from '@lezer/common'

/**
 * How much of the past an expression mixes into its answer: a rate over five minutes, asked one minute after a treatment, is still
 * four fifths of what was before it. Recording rules hide their window, and tell it by the custom of their names: `…:rate5m`.
 */
export function lookbackSeconds(node: SyntaxNode, source: string): number {
  let longest = 0
  let own = 0
  for (let part = node.firstChild; part !== null; part = part.nextSibling) {
    if (reaching.has(node.name) && isDuration(part)) own = Math.max(own, durationSeconds(textOf(part, source)))
    else longest = Math.max(longest, lookbackSeconds(part, source))
  }
  if (node.name === 'Identifier') own = recordedSeconds(textOf(node, source))
  return own + longest
}

const reaching: ReadonlySet<string> = new Set(['MatrixSelector', 'SubqueryExpr', 'OffsetExpr'])

/** Of a subquery the range, which is longer than the step beside it. */
const isDuration = ({ name }: SyntaxNode): boolean => name === 'DurationExpr' || name === 'OffsetDurationExpr'

const textOf = ({ from, to }: SyntaxNode, source: string): string => source.slice(from, to)

function recordedSeconds(name: string): number {
  const window = name.includes(':') ? /[a-z](\d+(?:ms|[smhdwy]))$/.exec(name)?.[1] : undefined
  return window === undefined ? 0 : durationSeconds(window)
}

/** `1h30m`, or seconds without a unit. A negative offset looks into the future, and no further back. */
function durationSeconds(text: string): number {
  const plain = Number(text.trim())
  if (!Number.isNaN(plain)) return Math.max(0, plain)
  if (text.trim().startsWith('-')) return 0
  let total = 0
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(count) * (secondsOf[unit] ?? 0)
  }
  return total
}

const secondsOf: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}
