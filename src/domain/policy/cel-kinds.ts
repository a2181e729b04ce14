import type { Expression } from './cel-lint.ts'

/** What is plain from the text of an expression; `Any`: only its evaluation tells. */
type ValueKind = 'Boolean' | 'Number' | 'Text' | 'List' | 'Any'

/** What no evaluation could make a verdict of: a `when` that is a number, a number that is compared with a text. */
export function kindProblems(root: Expression, signalNames: ReadonlySet<string>): readonly string[] {
  const problems = new Set<string>()
  const kind = kindOf(root, { signalNames, problems })
  if (kind !== 'Boolean' && kind !== 'Any') problems.add(`yields ${words[kind]}, and must be true or false`)
  return [...problems]
}

const words: Readonly<Record<ValueKind, string>> = {
  Boolean: 'true or false',
  Number: 'a number',
  Text: 'a text',
  List: 'a list',
  Any: 'something',
}

interface Reading {
  readonly signalNames: ReadonlySet<string>
  readonly problems: Set<string>
}

function kindOf(expression: Expression | undefined, reading: Reading): ValueKind {
  const exprKind = expression?.exprKind
  switch (exprKind?.case) {
    case 'constExpr':
      return kindOfConstant(exprKind.value.constantKind.case)
    case 'identExpr':
      return reading.signalNames.has(exprKind.value.name) ? 'Boolean' : 'Any'
    case 'selectExpr':
      return exprKind.value.testOnly ? 'Boolean' : kindOfMember(exprKind.value)
    case 'callExpr':
      return kindOfCall(exprKind.value, reading)
    case 'listExpr':
      return 'List'
    default:
      return 'Any'
  }
}

function kindOfConstant(constant: string | undefined): ValueKind {
  if (constant === 'boolValue') return 'Boolean'
  if (constant === 'stringValue') return 'Text'
  return constant === 'int64Value' || constant === 'doubleValue' || constant === 'uint64Value' ? 'Number' : 'Any'
}

type Member = Extract<Expression['exprKind'], { case: 'selectExpr' }>['value']

function kindOfMember({ operand, field }: Member): ValueKind {
  if (operand?.exprKind.case !== 'identExpr') return 'Any'
  const { name } = operand.exprKind.value
  if (name === 'value' || name === 'rate') return 'Number'
  return name === 'node' && (field === 'name' || field === 'providerID') ? 'Text' : 'Any'
}

type Call = Extract<Expression['exprKind'], { case: 'callExpr' }>['value']

function kindOfCall({ function: name, args }: Call, reading: Reading): ValueKind {
  const kinds = args.map((argument) => kindOf(argument, reading))
  if (arithmetic.has(name)) return ofArithmetic({ name, args, kinds }, reading)
  if (logic.has(name)) {
    const wrong = kinds.find((kind) => kind !== 'Boolean' && kind !== 'Any')
    if (wrong !== undefined) reading.problems.add(`joins ${words[wrong]} by ${logic.get(name)}`)
    return 'Boolean'
  }
  if (comparisons.has(name)) return ofComparison(kinds, reading)
  if (name === '_?_:_') return kinds[1] === kinds[2] ? (kinds[1] ?? 'Any') : 'Any'
  return results.get(name) ?? 'Any'
}

interface Arithmetic extends Pick<Call, 'args'> {
  readonly name: string
  readonly kinds: readonly ValueKind[]
}

function ofArithmetic({ name, args, kinds }: Arithmetic, { problems }: Reading): ValueKind {
  if (dividing.has(name) && isZero(args[1])) problems.add('divides by zero')
  if (kinds.includes('Text') && kinds.includes('Number')) problems.add('reckons with a text and a number')
  if (kinds.includes('Boolean')) problems.add('reckons with what is true or false')
  return kinds.includes('Number') || name !== '_+_' ? 'Number' : (kinds.find((kind) => kind !== 'Any') ?? 'Any')
}

const dividing: ReadonlySet<string> = new Set(['_/_', '_%_'])

function isZero(divisor: Expression | undefined): boolean {
  if (divisor?.exprKind.case !== 'constExpr') return false
  const { value } = divisor.exprKind.value.constantKind
  return value === 0 || value === 0n
}

function ofComparison(kinds: readonly ValueKind[], { problems }: Reading): ValueKind {
  const [left, right] = kinds
  if (left !== undefined && right !== undefined && left !== right && left !== 'Any' && right !== 'Any')
    problems.add(`compares ${words[left]} with ${words[right]}`)
  return 'Boolean'
}

const arithmetic: ReadonlySet<string> = new Set(['_+_', '_-_', '_*_', '_/_', '_%_', '-_'])
const comparisons: ReadonlySet<string> = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_'])
const logic: ReadonlyMap<string, string> = new Map([
  ['_&&_', '`&&`'],
  ['_||_', '`||`'],
  ['!_', '`!`'],
])
const results: ReadonlyMap<string, ValueKind> = new Map([
  ['@in', 'Boolean'],
  ['contains', 'Boolean'],
  ['startsWith', 'Boolean'],
  ['endsWith', 'Boolean'],
  ['matches', 'Boolean'],
  ['bool', 'Boolean'],
  ['size', 'Number'],
  ['int', 'Number'],
  ['double', 'Number'],
  ['string', 'Text'],
])
