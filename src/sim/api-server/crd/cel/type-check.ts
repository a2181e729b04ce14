import type { parse } from '@bufbuild/cel'
import { unreachable } from '../../../../kernel/assert.ts'
import { type DeclType, dyn, scalar, typeName } from './decl-type.ts'
import { type Pattern, type Signature, signatures } from './signatures.ts'

export type Expr = NonNullable<ReturnType<typeof parse>['expr']>
type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value']
type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value']

export interface Fault {
  /** The expression at fault, for its place in the text. */
  readonly expr: Expr
  readonly message: string
}

export interface Checked {
  readonly type: DeclType
  readonly faults: readonly Fault[]
  /** Names of variables that were used: `oldSelf` makes a transition rule. */
  readonly names: ReadonlySet<string>
}

type Scope = ReadonlyMap<string, DeclType>

/** What cel-go's checker refuses in a rule: unknown fields, names, functions, and calls whose types do not fit. */
export function checkTypes(expr: Expr, variables: Scope): Checked {
  const checker = new TypeChecker()
  const type = checker.typeOf(expr, variables)
  const faults = checker.faults.length === 0 ? checker.unserved : checker.faults
  return { type, faults, names: checker.names }
}

class TypeChecker {
  readonly faults: Fault[] = []
  /** What the real server evaluates and we cannot: refused, but only where nothing else is wrong. */
  readonly unserved: Fault[] = []
  readonly names = new Set<string>()

  typeOf(expr: Expr, scope: Scope): DeclType {
    const { exprKind } = expr
    switch (exprKind.case) {
      case 'constExpr':
        return constantTypes[exprKind.value.constantKind.case ?? ''] ?? dyn
      case 'identExpr':
        return this.#ident(expr, exprKind.value.name, scope)
      case 'selectExpr':
        return this.#select(expr, scope)
      case 'callExpr':
        return this.#call(expr, exprKind.value, scope)
      case 'listExpr':
        return { kind: 'list', of: joined(exprKind.value.elements.map((element) => this.typeOf(element, scope))) }
      case 'structExpr':
        return this.#map(expr, scope)
      case 'comprehensionExpr':
        return this.#comprehension(exprKind.value, scope)
      case undefined:
        return dyn
      default:
        return unreachable(exprKind)
    }
  }

  #complain(expr: Expr, message: string): DeclType {
    this.faults.push({ expr, message })
    return dyn
  }

  #ident(expr: Expr, name: string, scope: Scope): DeclType {
    const known = scope.get(name) ?? (typeNames.has(name) ? scalar('type') : undefined)
    if (known === undefined) return this.#complain(expr, `undeclared reference to '${name}' (in container '')`)
    this.names.add(name)
    return known
  }

  #select(expr: Expr, scope: Scope): DeclType {
    if (expr.exprKind.case !== 'selectExpr') return dyn
    const { operand, field, testOnly } = expr.exprKind.value
    const owner = operand === undefined ? dyn : this.typeOf(operand, scope)
    const found = this.#fieldOf(expr, owner, field)
    return testOnly ? scalar('bool') : found
  }

  #fieldOf(expr: Expr, owner: DeclType, field: string): DeclType {
    switch (owner.kind) {
      case 'dyn':
        return dyn
      case 'map':
        return owner.of
      case 'object':
        return owner.fields.get(field) ?? this.#complain(expr, `undefined field '${field}'`)
      case 'optional':
        this.unserved.push({ expr, message: 'selection from an optional value is not served here' })
        return { kind: 'optional', of: this.#fieldOf(expr, owner.of, field) }
      case 'scalar':
      case 'list':
        return this.#complain(expr, `type '${typeName(owner)}' does not support field selection`)
      default:
        return unreachable(owner)
    }
  }

  #map(expr: Expr, scope: Scope): DeclType {
    if (expr.exprKind.case !== 'structExpr') return dyn
    const values = expr.exprKind.value.entries.map(({ value }) =>
      value === undefined ? dyn : this.typeOf(value, scope),
    )
    return { kind: 'map', of: joined(values) }
  }

  #call(expr: Expr, call: Call, scope: Scope): DeclType {
    if (call.function === '_&&_' || call.function === '_||_') return this.#junction(call, scope)
    const target = call.target === undefined ? undefined : this.typeOf(call.target, scope)
    const args = call.args.map((arg) => this.typeOf(arg, scope))
    const known = signatures.get(call.function)
    if (known === undefined) return this.#complain(expr, `undeclared reference to '${call.function}' (in container '')`)
    const fitting = known.flatMap((signature) => matched(signature, target, args) ?? [])
    if (fitting.length > 0) return joined(fitting)
    const types = `(${args.map(typeName).join(', ')})`
    const applied = target === undefined ? types : `${typeName(target)}.${types}`
    return this.#complain(expr, `found no matching overload for '${call.function}' applied to '${applied}'`)
  }

  #junction(call: Call, scope: Scope): DeclType {
    for (const arg of call.args) {
      const type = this.typeOf(arg, scope)
      const isBool = type.kind === 'dyn' || (type.kind === 'scalar' && type.name === 'bool')
      if (!isBool) this.#complain(arg, `expected type 'bool' but found '${typeName(type)}'`)
    }
    return scalar('bool')
  }

  #comprehension({ iterRange, iterVar, accuVar, accuInit, loopStep, result }: Comprehension, scope: Scope): DeclType {
    const range = iterRange === undefined ? dyn : this.typeOf(iterRange, scope)
    const inner = new Map(scope)
    inner.set(iterVar, range.kind === 'list' ? range.of : range.kind === 'map' ? scalar('string') : dyn)
    inner.set(accuVar, accuInit === undefined ? dyn : this.typeOf(accuInit, scope))
    const step = loopStep === undefined ? dyn : this.typeOf(loopStep, inner)
    inner.set(accuVar, step)
    return result === undefined ? step : this.typeOf(result, inner)
  }
}

const constantTypes: Readonly<Record<string, DeclType>> = {
  boolValue: scalar('bool'),
  int64Value: scalar('int'),
  uint64Value: scalar('uint'),
  doubleValue: scalar('double'),
  stringValue: scalar('string'),
  bytesValue: scalar('bytes'),
  nullValue: scalar('null_type'),
}

const typeNames = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type'])

/** One type for several: themselves where they agree, else anything. */
function joined(types: readonly DeclType[]): DeclType {
  const [first = dyn, ...rest] = types
  return rest.reduce((left, right) => common(left, right), first)
}

function common(left: DeclType, right: DeclType): DeclType {
  if (left.kind === 'list' && right.kind === 'list') return { kind: 'list', of: known(left.of, right.of) }
  return typeName(left) === typeName(right) ? left : dyn
}

const known = (left: DeclType, right: DeclType): DeclType => (left.kind === 'dyn' ? right : common(left, right))

/** The type of the result, or undefined where the call does not fit the signature. */
function matched(signature: Signature, target: DeclType | undefined, args: readonly DeclType[]): DeclType | undefined {
  if ((signature.target === undefined) !== (target === undefined)) return undefined
  if (signature.args.length !== args.length) return undefined
  const bound = new Map<string, DeclType>()
  const pairs: (readonly [Pattern, DeclType | undefined])[] = signature.args.map((arg, index) => [arg, args[index]])
  if (signature.target !== undefined) pairs.unshift([signature.target, target])
  return pairs.every(([pattern, type]) => fits(pattern, type ?? dyn, bound))
    ? filled(signature.result, bound)
    : undefined
}

function fits(pattern: Pattern, type: DeclType, bound: Map<string, DeclType>): boolean {
  if (pattern.kind === 'variable') return bind(pattern.name, type, bound)
  if (type.kind === 'dyn' || pattern.kind === 'dyn') return true
  if (pattern.kind === 'scalar') return type.kind === 'scalar' && type.name === pattern.name
  if (type.kind !== pattern.kind) return false
  return fits(pattern.of, type.of, bound)
}

function bind(name: string, type: DeclType, bound: Map<string, DeclType>): boolean {
  const before = bound.get(name)
  if (before === undefined || before.kind === 'dyn') {
    bound.set(name, type)
    return true
  }
  return agree(before, type)
}

function agree(left: DeclType, right: DeclType): boolean {
  if (left.kind === 'dyn' || right.kind === 'dyn') return true
  if (isNull(left)) return isNullable(right)
  if (isNull(right)) return isNullable(left)
  if (left.kind === 'object' || right.kind === 'object') return left.kind === right.kind
  if ((left.kind === 'list' && right.kind === 'list') || (left.kind === 'map' && right.kind === 'map'))
    return agree(left.of, right.of)
  return typeName(left) === typeName(right)
}

const isNull = (type: DeclType): boolean => type.kind === 'scalar' && type.name === 'null_type'

const isNullable = (type: DeclType): boolean =>
  isNull(type) || type.kind === 'object' || (type.kind === 'scalar' && type.name.startsWith('google.protobuf.'))

function filled(pattern: Pattern, bound: ReadonlyMap<string, DeclType>): DeclType {
  switch (pattern.kind) {
    case 'variable':
      return bound.get(pattern.name) ?? dyn
    case 'scalar':
      return scalar(pattern.name)
    case 'dyn':
      return dyn
    case 'list':
    case 'map':
    case 'optional':
      return { kind: pattern.kind, of: filled(pattern.of, bound) }
    default:
      return unreachable(pattern)
  }
}
