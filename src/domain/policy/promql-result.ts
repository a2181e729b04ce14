import type { SyntaxNode } from '@lezer/common'

export interface Problem {
  readonly text: string
  readonly from: number
}

type ResultType = 'scalar' | 'vector' | 'matrix' | 'string'

export interface Result {
  readonly type: ResultType
  /** Of the place where types do not fit, the first. */
  readonly problem?: Problem | undefined
}

/** What kind of value an expression yields. The grammar alone lets `rate(up)` and `up + "text"` pass. */
export function resultOf(node: SyntaxNode, source: string): Result {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { type: 'scalar' }
    case 'StringLiteral':
      return { type: 'string' }
    case 'MatrixSelector':
      return matrixSelector(node)
    case 'SubqueryExpr':
      return subquery(node, source)
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return inner(node, source)
    case 'UnaryExpr':
      return unary(node, source)
    case 'BinaryExpr':
      return binary(node, source)
    case 'AggregateExpr':
    case 'FunctionCall':
      return call(node, source)
    default:
      return { type: 'vector' }
  }
}

/** Only a selector has a range: of anything else it takes a subquery. */
function matrixSelector(node: SyntaxNode): Result {
  const of = operands(node)[0]
  if (of === undefined || of.name === 'VectorSelector') return { type: 'matrix' }
  return { type: 'matrix', problem: { from: of.from, text: 'a range stands after something that is no selector' } }
}

function subquery(node: SyntaxNode, source: string): Result {
  const { type, problem } = inner(node, source)
  const misfit = type === 'vector' || type === 'scalar' ? undefined : misfitAt(node, `a subquery over a ${type}`)
  return { type: 'matrix', problem: problem ?? misfit }
}

function inner(node: SyntaxNode, source: string): Result {
  const of = operands(node)[0]
  return of === undefined ? { type: 'vector' } : resultOf(of, source)
}

function unary(node: SyntaxNode, source: string): Result {
  const { type, problem } = inner(node, source)
  const misfit = type === 'vector' || type === 'scalar' ? undefined : misfitAt(node, `a sign before a ${type}`)
  return { type, problem: problem ?? misfit }
}

function binary(node: SyntaxNode, source: string): Result {
  const sides = operands(node).map((side) => ({ side, ...resultOf(side, source) }))
  const problem = sides.find((side) => side.problem !== undefined)?.problem
  const misfit = sides.find(({ type }) => type === 'matrix' || type === 'string')
  const text = misfit && `an operator beside a ${misfit.type}`
  const type = sides.every((side) => side.type === 'scalar') ? 'scalar' : 'vector'
  return { type, problem: problem ?? (misfit && text ? misfitAt(misfit.side, text) : undefined) }
}

/** A function, or an aggregation, which is one whose argument is a vector. */
function call(node: SyntaxNode, source: string): Result {
  const named = node.getChild('FunctionIdentifier') ?? node.getChild('AggregateOp')
  const name = named === null ? '' : source.slice(named.from, named.to)
  const body = node.getChild('FunctionCallBody')
  const given = (body === null ? [] : operands(body)).map((argument) => resultOf(argument, source))
  const type = scalarFunctions.has(name) ? 'scalar' : 'vector'
  const problem = given.find((argument) => argument.problem !== undefined)?.problem
  if (problem !== undefined) return { type, problem }
  const isGiven = given.some((argument) => argument.type === 'matrix')
  if (isGiven === isOfRange(name)) return { type }
  const text = isGiven ? `${name}() of a range vector` : `${name}() without a range such as [5m]`
  return { type, problem: misfitAt(node, text) }
}

const scalarFunctions: ReadonlySet<string> = new Set(['scalar', 'time', 'pi', 'start', 'end', 'step'])

const isOfRange = (name: string): boolean => name.endsWith('_over_time') || rangeFunctions.has(name)

const rangeFunctions: ReadonlySet<string> = new Set([
  'rate',
  'irate',
  'increase',
  'delta',
  'idelta',
  'deriv',
  'resets',
  'changes',
  'predict_linear',
  'holt_winters',
  'double_exponential_smoothing',
])

const misfitAt = ({ from }: SyntaxNode, text: string): Problem => ({ from, text })

/** The parts that are expressions themselves. */
function operands(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let part = node.firstChild; part !== null; part = part.nextSibling) {
    if (expressions.has(part.name)) found.push(part)
  }
  return found
}

const expressions: ReadonlySet<string> = new Set([
  'NumberDurationLiteral',
  'StringLiteral',
  'VectorSelector',
  'MatrixSelector',
  'SubqueryExpr',
  'ParenExpr',
  'OffsetExpr',
  'StepInvariantExpr',
  'UnaryExpr',
  'BinaryExpr',
  'AggregateExpr',
  'FunctionCall',
])
