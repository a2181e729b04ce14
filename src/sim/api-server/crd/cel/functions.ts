import { type CelFunc, type CelInput, type CelList, CelScalar, celFunc, celMethod, listType, run } from '@bufbuild/cel'
import { compiled } from '../pattern.ts'

const { BOOL, DYN, INT, STRING } = CelScalar
const list = listType(DYN)
const texts = listType(STRING)

/**
 * The functions that Kubernetes adds to CEL and that our library lacks. An optional `oldSelf` is a list of none or one:
 * the type checker lets nothing but its three methods near it.
 */
export const kubernetesFunctions: CelFunc[] = [
  celMethod('matches', STRING, [STRING], BOOL, matches),
  celFunc('matches', [STRING, STRING], BOOL, (text, pattern) => compiled(pattern).test(text)),
  celMethod('find', STRING, [STRING], STRING, find),
  celMethod('findAll', STRING, [STRING], texts, findAll),
  celMethod('findAll', STRING, [STRING, INT], texts, findAll),
  celMethod('isSorted', list, [], BOOL, isSorted),
  celMethod('sum', list, [], DYN, sum),
  celMethod('min', list, [], DYN, min),
  celMethod('max', list, [], DYN, max),
  celMethod('indexOf', list, [DYN], INT, indexOf),
  celMethod('lastIndexOf', list, [DYN], INT, lastIndexOf),
  celFunc('isURL', [STRING], BOOL, (text) => URL.canParse(text)),
  celMethod('hasValue', list, [], BOOL, hasValue),
  celMethod('value', list, [], DYN, optionalValue),
  celMethod('orValue', list, [DYN], DYN, orValue),
]

function matches(this: string, pattern: string): boolean {
  return compiled(pattern).test(this)
}

function find(this: string, pattern: string): string {
  return allMatches(this, pattern, 1)[0] ?? ''
}

function findAll(this: string, pattern: string, limit?: bigint): readonly string[] {
  return allMatches(this, pattern, limit === undefined || limit < 0n ? Number.POSITIVE_INFINITY : Number(limit))
}

/** RE2 says whether there is a match, JavaScript's engine where: what only RE2 can read is refused at run time. */
function allMatches(text: string, pattern: string, limit: number): readonly string[] {
  if (!compiled(pattern).test(text)) return []
  return [...text.matchAll(new RegExp(pattern, 'gu'))].slice(0, limit).map(([found]) => found)
}

/** By CEL itself, so that times, durations and numbers compare as they do in rules. */
const holds = (rule: string, left: CelInput, right: CelInput): boolean => run(rule, { left, right }) === true

function isSorted(this: CelList): boolean {
  const members = [...this]
  return members.every((member, index) => index === 0 || holds('left <= right', members[index - 1] ?? null, member))
}

function sum(this: CelList): CelInput {
  const [first, ...rest] = this
  if (first === undefined) return 0n
  return rest.reduce((total: CelInput, member) => added(total, member), first)
}

function added(left: CelInput, right: CelInput): CelInput {
  const total = run('left + right', { left, right })
  if (total instanceof Error) throw total
  return total
}

function min(this: CelList): CelInput {
  return extreme(this, 'min', 'left < right')
}

function max(this: CelList): CelInput {
  return extreme(this, 'max', 'left > right')
}

function extreme(members: CelList, name: string, rule: string): CelInput {
  const [first, ...rest] = members
  if (first === undefined) throw new Error(`${name} called on empty list`)
  return rest.reduce((best: CelInput, member) => (holds(rule, member, best) ? member : best), first)
}

function indexOf(this: CelList, wanted: CelInput): bigint {
  return BigInt([...this].findIndex((member) => holds('left == right', member, wanted)))
}

function lastIndexOf(this: CelList, wanted: CelInput): bigint {
  return BigInt([...this].findLastIndex((member) => holds('left == right', member, wanted)))
}

function hasValue(this: CelList): boolean {
  return this.size > 0
}

function optionalValue(this: CelList): CelInput {
  const [value] = this
  if (value === undefined) throw new Error('optional.none() dereference')
  return value
}

function orValue(this: CelList, otherwise: CelInput): CelInput {
  return [...this][0] ?? otherwise
}
