import { CelScalar, celEnv, celError, isCelError, parse, plan } from '@bufbuild/cel'
import type { ConditionStatus } from '../../api/core/node.ts'
import { type Parsed, parsed, rejected } from '../../kernel/parsed.ts'
import { kindProblems } from './cel-kinds.ts'
import { type Expression, factsOf, measures } from './cel-lint.ts'
import { arithmetic } from './cel-numbers.ts'

/** What an expression may know of the node itself. Cordon and readiness are left out: a run of ours changes them. */
export interface NodeFacts {
  readonly name: string
  readonly providerID: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** A `when` that has been read: parse once, evaluate often (0.1 to 8 µs against 250 µs). */
export interface CompiledWhen {
  readonly source: string
  /** Signals that it reads, by name or through what they measured, sorted. */
  readonly signalNames: readonly string[]
  /** Those of which it reads the number per second. */
  readonly ratesOf: readonly string[]
  /** Those of which it reads the number. */
  readonly valuesOf: readonly string[]
  readonly evaluate: (bindings: Readonly<Record<string, unknown>>) => unknown
}

export type SignalTruths = Readonly<Record<string, ConditionStatus>>

/** What one `when` is asked about. */
export interface WhenEvidence {
  readonly signals: SignalTruths
  /** What they measured; what is missing, or belongs to an Unknown signal, is not known. */
  readonly values?: Readonly<Record<string, number>>
  /** The same per second, of those that count within a window. */
  readonly rates?: Readonly<Record<string, number>>
  /** Undefined: nothing is known of it. */
  readonly node: NodeFacts | undefined
}

export interface WhenVerdict {
  readonly truth: ConditionStatus
  /** Why it is Unknown although every signal that it reads may be known: a division by zero, a label that is missing. */
  readonly because: string | undefined
}

/**
 * Reads one `when`. Refused: what does not parse, a name that is no signal, an unknown function, an expression without a bound on
 * its cost, and one that could hold while no signal is True: it would accuse healthy nodes.
 */
export function compileWhen(source: string, signalNames: readonly string[]): Parsed<CompiledWhen> {
  const question = JSON.stringify([source, signalNames])
  const before = known.get(question)
  if (before !== undefined) return before
  const outcome = compile(source, signalNames)
  if (known.size >= knownMax) known.clear()
  known.set(question, outcome)
  return outcome
}

/** A cluster has a few policies, and every look at a run asks about the same few texts. */
const known = new Map<string, Parsed<CompiledWhen>>()
const knownMax = 1_000

function compile(source: string, signalNames: readonly string[]): Parsed<CompiledWhen> {
  const expression = parsedExpression(source)
  if (!expression.ok) return expression
  const limits = { signalNames: new Set(signalNames), sizeMax, depthMax }
  const { signals, measured, problems: unbounded } = factsOf(expression.value, limits)
  // What has no bound is not walked a second time.
  const problems = unbounded.length > 0 ? unbounded : kindProblems(expression.value, limits.signalNames)
  if (problems.length > 0)
    return rejected(...problems.map((problem) => ({ path: '', message: `\`${source}\` ${problem}` })))

  const when: CompiledWhen = {
    source,
    signalNames: [...signals].toSorted(),
    valuesOf: [...measured.value].toSorted(),
    ratesOf: [...measured.rate].toSorted(),
    evaluate: planned(expression.value, [...signalNames, ...measures, 'node']),
  }
  if (isTrueOfHealthyNode(when))
    return rejected({ path: '', message: `\`${source}\` is true while none of its signals is` })
  return parsed(when)
}

/**
 * Three-valued: an Unknown signal is an error, which `&&` and `||` absorb where the other side decides. Numbers alone accuse
 * nobody: where none of the signals that it reads is True, neither is it.
 */
export const evaluateWhen = (when: CompiledWhen, evidence: WhenEvidence): ConditionStatus =>
  judgeWhen(when, evidence).truth

export function judgeWhen(when: CompiledWhen, { signals, values = {}, rates = {}, node }: WhenEvidence): WhenVerdict {
  const states = when.signalNames.map((name) => signals[name] ?? 'Unknown')
  if (states.every((state) => state === 'False')) return { truth: 'False', because: undefined }
  const known = (numbers: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(numbers).filter(([name]) => (signals[name] ?? 'Unknown') !== 'Unknown'))
  const bindings = Object.fromEntries(when.signalNames.map((name, index) => [name, bound(states[index] ?? 'Unknown')]))
  const verdict = verdictOf(
    when.evaluate({ ...bindings, value: known(values), rate: known(rates), node: node ?? unknown }),
  )
  if (verdict.truth === 'Unknown')
    return { ...verdict, because: unmeasured(when, { values, rates }) ?? verdict.because }
  if (verdict.truth === 'False' || states.includes('True')) return verdict
  return { truth: 'Unknown', because: undefined }
}

function unmeasured(
  { valuesOf, ratesOf }: CompiledWhen,
  { values, rates }: Required<Pick<WhenEvidence, 'values' | 'rates'>>,
): string | undefined {
  const missing = [
    ...valuesOf.filter((name) => values[name] === undefined).map((name) => `value.${name}`),
    ...ratesOf.filter((name) => rates[name] === undefined).map((name) => `rate.${name}`),
  ]
  return missing.length === 0 ? undefined : `${missing.join(', ')} is not known`
}

/** The policy's author may write 1,024 characters; these bounds keep what they can cost to microseconds. */
const sizeMax = 256
const depthMax = 32

function parsedExpression(source: string): Parsed<Expression> {
  if (isNestedDeeper(source, depthMax))
    return rejected({ path: '', message: `\`${source}\` is nested deeper than ${depthMax} levels` })
  try {
    const { expr } = parse(source)
    return expr === undefined ? rejected({ path: '', message: 'is empty' }) : parsed(expr)
  } catch (error) {
    const because = error instanceof Error ? error.message.replace('<input>:', 'at ') : 'unreadable'
    return rejected({ path: '', message: `\`${source}\` is no CEL expression: ${because}` })
  }
}

/** Brackets within texts count as well. The parser takes time in the cube of the depth: 2 s for 1,024 characters of `!(`. */
function isNestedDeeper(source: string, levels: number): boolean {
  let depth = 0
  for (const character of source) {
    if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) depth -= 1
    if (depth > levels) return true
  }
  return false
}

function planned(expression: Expression, names: readonly string[]): CompiledWhen['evaluate'] {
  const variables = Object.fromEntries(names.map((name) => [name, CelScalar.DYN]))
  const evaluate = plan(celEnv({ variables, funcs: [...arithmetic] }), expression)
  // The evaluator's input type cannot name its own error values, though they are what an Unknown is bound to.
  return (bindings) => evaluate(bindings as Parameters<typeof evaluate>[0])
}

const unknown = celError('a signal is unknown')

const bound = (truth: ConditionStatus): unknown => (truth === 'Unknown' ? unknown : truth === 'True')

/** An error that remains, and whatever is not a boolean, is Unknown: never false. */
function verdictOf(result: unknown): WhenVerdict {
  if (typeof result === 'boolean') return { truth: result ? 'True' : 'False', because: undefined }
  if (!isCelError(result)) return { truth: 'Unknown', because: 'it is neither true nor false' }
  return { truth: 'Unknown', because: result.message === unknown.message ? undefined : result.message }
}

/** All signals False, nothing measured and nothing known of the node. */
const isTrueOfHealthyNode = (when: CompiledWhen): boolean => {
  const signals = Object.fromEntries(when.signalNames.map((name) => [name, false]))
  const measured = Object.fromEntries(measures.map((measure) => [measure, unknown]))
  return verdictOf(when.evaluate({ ...signals, ...measured, node: unknown })).truth === 'True'
}
