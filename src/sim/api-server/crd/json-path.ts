import { unreachable } from '../../../kernel/assert.ts'
import { isObject } from '../../../kernel/json.ts'

/** A compiled path in kubectl's dialect: `.spec.a`, `['x']`, `[0]`, `[-1]`, `[*]`, `[?(@.type=="Ready")].status`. */
type JsonPath = (value: unknown) => readonly unknown[]

export type ParsedPath =
  | { readonly ok: true; readonly select: JsonPath }
  | { readonly ok: false; readonly error: string }

type Step =
  | { readonly kind: 'Field'; readonly name: string }
  | { readonly kind: 'Index'; readonly index: number }
  | { readonly kind: 'All' }
  | { readonly kind: 'Filter'; readonly left: readonly Step[]; readonly operator: string; readonly right: unknown }

/** What is missing selects nothing, as kubectl's printers and field selectors have it. */
export function parseJsonPath(path: string): ParsedPath {
  const steps: Step[] = []
  let rest = path
  while (rest !== '') {
    const found = nextStep(rest)
    if (found === undefined)
      return { ok: false, error: `unrecognized character in action: U+${codeOf(rest)} '${rest[0]}'` }
    steps.push(found.step)
    rest = rest.slice(found.length)
  }
  return { ok: true, select: (value) => walk(steps, value) }
}

const patterns: readonly (readonly [RegExp, (...groups: readonly string[]) => Step])[] = [
  [/^\.((?:\\.|[^.[\]\\(){}'" ])+)/, (name = '') => ({ kind: 'Field', name: name.replaceAll(/\\(.)/g, '$1') })],
  [
    /^\[(?:'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)")\]/,
    (single, double) => ({ kind: 'Field', name: single ?? double ?? '' }),
  ],
  [/^\[(-?\d+)\]/, (index) => ({ kind: 'Index', index: Number(index) })],
  [/^(?:\[\*\]|\.\*)/, () => ({ kind: 'All' })],
  [
    /^\[\?\(\s*@((?:\.[\w-]+|\[[^\]]*\])*)\s*(==|!=|>=|<=|>|<)\s*("[^"]*"|'[^']*'|-?[\d.]+|true|false)\s*\)\]/,
    (left = '', operator = '', right = '') => ({
      kind: 'Filter',
      left: stepsOf(left),
      operator,
      right: literal(right),
    }),
  ],
  [
    /^\[\?\(\s*@((?:\.[\w-]+|\[[^\]]*\])*)\s*\)\]/,
    (left = '') => ({ kind: 'Filter', left: stepsOf(left), operator: 'exists', right: undefined }),
  ],
]

function nextStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  for (const [pattern, make] of patterns) {
    const found = pattern.exec(text)
    if (found !== null) return { step: make(...found.slice(1)), length: found[0].length }
  }
  return undefined
}

function stepsOf(text: string): readonly Step[] {
  const steps: Step[] = []
  let rest = text
  while (rest !== '') {
    const found = nextStep(rest)
    if (found === undefined) return steps
    steps.push(found.step)
    rest = rest.slice(found.length)
  }
  return steps
}

const codeOf = (text: string): string => (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')

function literal(text: string): unknown {
  if (/^["']/.test(text)) return text.slice(1, -1)
  if (text === 'true' || text === 'false') return text === 'true'
  return Number(text)
}

function walk(steps: readonly Step[], value: unknown): readonly unknown[] {
  return steps.reduce<readonly unknown[]>((found, step) => found.flatMap((one) => taken(step, one)), [value])
}

function taken(step: Step, value: unknown): readonly unknown[] {
  switch (step.kind) {
    case 'Field':
      return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []
    case 'Index':
      return Array.isArray(value) && value.at(step.index) !== undefined ? [value.at(step.index)] : []
    case 'All':
      return membersOf(value)
    case 'Filter':
      return membersOf(value).filter((member) => passes(step, member))
    default:
      return unreachable(step)
  }
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}

function passes({ left, operator, right }: Extract<Step, { kind: 'Filter' }>, member: unknown): boolean {
  const [found] = walk(left, member)
  if (operator === 'exists') return found !== undefined
  if (found === undefined) return false
  if (operator === '==') return found === right
  if (operator === '!=') return found !== right
  if (typeof found !== typeof right || (typeof found !== 'number' && typeof found !== 'string')) return false
  return isOrdered(operator, found < String(right) || Number(found) < Number(right), found === right)
}

function isOrdered(operator: string, isLess: boolean, isSame: boolean): boolean {
  if (isSame) return operator === '>=' || operator === '<='
  return isLess ? operator.startsWith('<') : operator.startsWith('>')
}
