import type { parse } from '@bufbuild/cel'
import { unreachable } from '../../kernel/assert.ts'

/** A node of the syntax tree. The evaluator exports no type checker, so the tree is walked here. */
export type Expression = NonNullable<ReturnType<typeof parse>['expr']>

export interface ExpressionLimits {
  readonly namesAllowed: ReadonlySet<string>
  readonly sizeMax: number
  readonly depthMax: number
}

export interface ExpressionFacts {
  /** Names that the expression reads and does not bind itself. */
  readonly names: ReadonlySet<string>
  readonly problems: readonly string[]
}

/** What is wrong with an expression before it is ever evaluated, so that evaluation is bounded and every name is known. */
export function factsOf(root: Expression, limits: ExpressionLimits): ExpressionFacts {
  const walk: Walk = { limits, names: new Set(), problems: new Set(), size: 0 }
  visit(walk, root, { bound: noNames, depth: 1, inComprehension: false })
  if (walk.size > limits.sizeMax) walk.problems.add(`has more than ${limits.sizeMax} terms`)
  return { names: walk.names, problems: [...walk.problems] }
}

interface Walk {
  readonly limits: ExpressionLimits
  readonly names: Set<string>
  readonly problems: Set<string>
  size: number
}

interface Place {
  readonly bound: ReadonlySet<string>
  readonly depth: number
  readonly inComprehension: boolean
}

const noNames: ReadonlySet<string> = new Set()

function visit(walk: Walk, expression: Expression | undefined, place: Place): void {
  if (expression === undefined) return
  walk.size += 1
  const isTooDeep = place.depth > walk.limits.depthMax
  if (isTooDeep) walk.problems.add(`is nested deeper than ${walk.limits.depthMax} levels`)
  if (isTooDeep || walk.size > walk.limits.sizeMax) return
  visitKind(walk, expression.exprKind, { ...place, depth: place.depth + 1 })
}

function visitKind(walk: Walk, exprKind: Expression['exprKind'], below: Place): void {
  switch (exprKind.case) {
    case undefined:
    case 'constExpr':
      return
    case 'identExpr':
      visitName(walk, exprKind.value.name, below)
      return
    case 'selectExpr':
      visit(walk, exprKind.value.operand, below)
      return
    case 'callExpr':
      if (!functions.has(exprKind.value.function)) walk.problems.add(unknownFunction(exprKind.value.function))
      for (const part of [exprKind.value.target, ...exprKind.value.args]) visit(walk, part, below)
      return
    case 'listExpr':
      for (const element of exprKind.value.elements) visit(walk, element, below)
      return
    case 'structExpr':
      walk.problems.add('must not build maps or messages')
      return
    case 'comprehensionExpr':
      visitComprehension(walk, exprKind.value, below)
      return
    default:
      unreachable(exprKind)
  }
}

function visitName(walk: Walk, name: string, { bound }: Place): void {
  if (bound.has(name)) return
  walk.names.add(name)
  if (!walk.limits.namesAllowed.has(name)) walk.problems.add(unknownName(name, walk.limits.namesAllowed))
}

type Comprehension = Extract<Expression['exprKind'], { case: 'comprehensionExpr' }>['value']

/** Only over a list that is written out: then its cost is that of its text. */
function visitComprehension(walk: Walk, comprehension: Comprehension, place: Place): void {
  const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, iterVar2, accuVar } = comprehension
  if (place.inComprehension) walk.problems.add('must not nest `all`, `exists`, `map` or `filter`')
  if (iterRange?.exprKind.case !== 'listExpr') {
    walk.problems.add('may use `all`, `exists`, `map` and `filter` only on a list that is written out')
  }
  visit(walk, iterRange, place)
  const within = {
    bound: new Set([...place.bound, iterVar, iterVar2, accuVar]),
    depth: place.depth,
    inComprehension: true,
  }
  for (const part of [accuInit, loopCondition, loopStep, result]) visit(walk, part, within)
}

const unknownName = (name: string, allowed: ReadonlySet<string>): string =>
  `names '${name}', which is neither a signal of this policy nor 'node' (known: ${[...allowed].toSorted().join(', ')})`

const unknownFunction = (name: string): string =>
  `calls '${name}', which is not available (known: ${[...functions].filter((known) => /^[a-z]/i.test(known)).join(', ')})`

/** Operators as the parser names them, and the functions of the standard whose cost follows the length of their text. */
const functions: ReadonlySet<string> = new Set([
  '_&&_',
  '_||_',
  '!_',
  '@not_strictly_false',
  '_?_:_',
  '_==_',
  '_!=_',
  '_<_',
  '_<=_',
  '_>_',
  '_>=_',
  '_+_',
  '_-_',
  '_*_',
  '_/_',
  '_%_',
  '-_',
  '@in',
  '_[_]',
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'int',
  'double',
  'string',
  'bool',
])
