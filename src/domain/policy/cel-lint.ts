import type { parse } from '@bufbuild/cel'
import { unreachable } from '../../kernel/assert.ts'

/** A node of the syntax tree. The evaluator exports no type checker, so the tree is walked here. */
export type Expression = NonNullable<ReturnType<typeof parse>['expr']>

export interface ExpressionLimits {
  readonly signalNames: ReadonlySet<string>
  readonly sizeMax: number
  readonly depthMax: number
}

export interface ExpressionFacts {
  /** Signals that the expression reads, by name or through what they measured. */
  readonly signals: ReadonlySet<string>
  /** Those of which it reads the number, and those of which it reads the number per second. */
  readonly measured: Readonly<Record<Measure, ReadonlySet<string>>>
  readonly problems: readonly string[]
}

/** What is wrong with an expression before it is ever evaluated, so that evaluation is bounded and every name is known. */
export function factsOf(root: Expression, limits: ExpressionLimits): ExpressionFacts {
  const measured = { value: new Set<string>(), rate: new Set<string>() }
  const walk: Walk = { limits, signals: new Set(), measured, problems: new Set(), size: 0 }
  visit(walk, root, { bound: noNames, depth: 1, inComprehension: false })
  if (walk.size > limits.sizeMax) walk.problems.add(`has more than ${limits.sizeMax} terms`)
  return { signals: walk.signals, measured, problems: [...walk.problems] }
}

/** What can be read of a signal besides its state. */
export const measures = ['value', 'rate'] as const
type Measure = (typeof measures)[number]

interface Walk {
  readonly limits: ExpressionLimits
  readonly signals: Set<string>
  readonly measured: Readonly<Record<Measure, Set<string>>>
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
      visitMember(walk, exprKind.value, below)
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

type Member = Extract<Expression['exprKind'], { case: 'selectExpr' }>['value']

function visitMember(walk: Walk, { operand, field, testOnly }: Member, below: Place): void {
  const measure = measureOf(operand, below.bound)
  if (measure === undefined) {
    visit(walk, operand, below)
    return
  }
  walk.size += 1
  const whole = `${measure}.${field}`
  if (testOnly) walk.problems.add(`asks has(${whole}): what was not measured must stay unknown`)
  if (walk.limits.signalNames.has(field)) {
    walk.signals.add(field)
    walk.measured[measure].add(field)
  } else walk.problems.add(`names '${whole}', but there is no signal '${field}' (known: ${listed(walk.limits)})`)
}

function measureOf(operand: Expression | undefined, bound: ReadonlySet<string>): Measure | undefined {
  if (operand?.exprKind.case !== 'identExpr') return undefined
  const { name } = operand.exprKind.value
  return bound.has(name) ? undefined : measures.find((measure) => measure === name)
}

function visitName({ limits, signals, problems }: Walk, name: string, { bound }: Place): void {
  if (bound.has(name) || name === 'node') return
  if (limits.signalNames.has(name)) signals.add(name)
  else if (measures.some((measure) => measure === name))
    problems.add(`must name the signal behind '${name}', as in \`${name}.memoryShort\``)
  else
    problems.add(
      `names '${name}', which is neither a signal of this policy nor 'node' (known: ${listed(limits, 'node')})`,
    )
}

const listed = ({ signalNames }: ExpressionLimits, ...more: readonly string[]): string =>
  [...signalNames, ...more].toSorted().join(', ')

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
