import { type CelInput, type CelResult, celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import type { DeclType } from './decl-type.ts'
import { equality } from './equality.ts'
import { kubernetesFunctions } from './functions.ts'
import { checkTypes, type Expr, type Fault } from './type-check.ts'

/** An expression that was parsed, type-checked and planned. */
export interface Program {
  readonly type: DeclType
  readonly usesOldSelf: boolean
  readonly evaluate: (bindings: Readonly<Record<string, CelInput>>) => Evaluated
}

type Evaluated = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string }

export type Compiled = { readonly ok: true; readonly program: Program } | { readonly ok: false; readonly error: string }

/** The error is the text that follows `compilation failed: `. */
export function compileExpression(source: string, variables: ReadonlyMap<string, DeclType>): Compiled {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(source)
  } catch (error) {
    return { ok: false, error: `ERROR: ${error instanceof Error ? error.message : String(error)}` }
  }
  const { type, faults, names } = checkTypes(parsed.expr, variables)
  const positions = parsed.sourceInfo?.positions ?? {}
  if (faults.length > 0) return { ok: false, error: faults.map((fault) => report(source, positions, fault)).join('\n') }
  const evaluate = plan(env, parsed)
  return {
    ok: true,
    program: { type, usesOldSelf: names.has('oldSelf'), evaluate: (bindings) => outcome(evaluate(bindings)) },
  }
}

const env = celEnv({ funcs: [...strings, ...kubernetesFunctions, ...equality] })

const outcome = (result: CelResult): Evaluated =>
  isCelError(result) ? { ok: false, error: inServersWords(result.message) } : { ok: true, value: result }

/** The message, the line at fault and a caret below the place, as cel-go prints them. */
function report(source: string, positions: Readonly<Record<string, number>>, { expr, message }: Fault): string {
  const offset = placeOf(source, expr, positions[String(expr.id)] ?? 0)
  const before = source.slice(0, offset).split('\n')
  const column = before.at(-1)?.length ?? 0
  const line = source.split('\n')[before.length - 1] ?? ''
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`
}

/** cel-go points at the parenthesis of a call, at the question mark, and at an operator without the blanks before it. */
function placeOf(source: string, { exprKind }: Expr, offset: number): number {
  const isCall =
    exprKind.case === 'callExpr' && /^\w+$/.test(exprKind.value.function) && !exprKind.value.function.startsWith('_')
  const mark =
    isCall || (exprKind.case === 'selectExpr' && exprKind.value.testOnly)
      ? '('
      : exprKind.case === 'callExpr' && exprKind.value.function === '_?_:_'
        ? '?'
        : undefined
  if (mark !== undefined) return Math.max(source.indexOf(mark, offset), 0)
  return offset + (/^\s*/.exec(source.slice(offset))?.[0].length ?? 0)
}

/** cel-go and our library name the same failures differently. */
const wordings: readonly (readonly [RegExp, string])[] = [
  [/^field not found: (.*)$/, 'no such key: $1'],
  [/^index (-?\d+) out of bounds.*$/, 'index out of bounds: $1'],
  [/^(int|uint) divide by zero$/, 'division by zero'],
  [/^(int|uint) modulus by zero$/, 'modulus by zero'],
  [/^(int|uint) overflow during .*$/, 'integer overflow'],
  [/^found no matching overload for .*$/, 'no such overload'],
]

function inServersWords(message: string): string {
  const found = wordings.find(([pattern]) => pattern.test(message))
  return found === undefined ? message : message.replace(...found)
}
