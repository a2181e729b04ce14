import { expect, test } from 'vitest'
import type { ConditionStatus } from '../../api/core/node.ts'
import { compileWhen, evaluateWhen, judgeWhen, type NodeFacts, type WhenEvidence } from './cel.ts'

const names = ['a', 'b', 'c']
const node: NodeFacts = { name: 'node-1', providerID: '', labels: { pool: 'gpu' }, annotations: {} }

function evaluate(source: string, signals: Readonly<Record<string, ConditionStatus>> = {}): ConditionStatus {
  const when = compileWhen(source, names)
  if (!when.ok) throw new Error(when.issues.map(({ message }) => message).join('; '))
  return evaluateWhen(when.value, { signals, node })
}

function problems(source: string): string {
  const when = compileWhen(source, names)
  return when.ok ? '' : when.issues.map(({ message }) => message).join('; ')
}

const three: readonly ConditionStatus[] = ['True', 'False', 'Unknown']

test('conjunction and disjunction follow Kleene, from either side', () => {
  const kleene = {
    and: (x: ConditionStatus, y: ConditionStatus) =>
      x === 'False' || y === 'False' ? 'False' : x === 'True' && y === 'True' ? 'True' : 'Unknown',
    or: (x: ConditionStatus, y: ConditionStatus) =>
      x === 'True' || y === 'True' ? 'True' : x === 'False' && y === 'False' ? 'False' : 'Unknown',
  }
  for (const a of three) {
    for (const b of three) {
      expect(evaluate('a && b', { a, b })).toBe(kleene.and(a, b))
      expect(evaluate('a || b', { a, b })).toBe(kleene.or(a, b))
    }
  }
})

test('an unknown that is not absorbed stays Unknown, never false', () => {
  expect(evaluate('a && !b', { a: 'True', b: 'Unknown' })).toBe('Unknown')
  expect(evaluate('a && (b || !b)', { a: 'True', b: 'Unknown' })).toBe('Unknown')
  expect(evaluate('a ? b : c', { a: 'Unknown', b: 'True', c: 'True' })).toBe('Unknown')
  expect(evaluate('a && b == c', { a: 'True', b: 'Unknown', c: 'True' })).toBe('Unknown')
})

test('a signal that nobody has evaluated is Unknown', () => {
  expect(evaluate('a')).toBe('Unknown')
})

test('a result that is no boolean, and an error on the way, are Unknown', () => {
  expect(evaluate('[a, "no"][1]', { a: 'True' })).toBe('Unknown')
  expect(evaluate('a && node.labels["zone"] == "a"', { a: 'True' })).toBe('Unknown')
})

test('facts of the node can narrow a diagnosis', () => {
  expect(evaluate('a && node.labels["pool"] == "gpu"', { a: 'True' })).toBe('True')
  expect(evaluate('a && "zone" in node.labels', { a: 'True' })).toBe('False')
  expect(evaluate('a && has(node.labels.pool) && node.name.startsWith("node-")', { a: 'True' })).toBe('True')
})

test('a list that is written out may be searched', () => {
  expect(evaluate('a && ["gpu", "cpu"].exists(p, p == node.labels["pool"])', { a: 'True' })).toBe('True')
})

test.each([
  ['a &&', 'is no CEL expression: at 1:3'],
  ['a && kernelHang', "names 'kernelHang', which is neither a signal of this policy nor 'node' (known: a, b, c, node)"],
  ['a && restart("kubelet")', "calls 'restart', which is not available"],
  ['a && node.labels.exists(k, k == "x")', 'only on a list that is written out'],
  ['a && [1].exists(x, [2].exists(y, x == y))', 'must not nest'],
  ['a && {"x": 1}.size() > 0', 'must not build maps'],
  [Array.from({ length: 200 }, () => 'a').join(' && '), 'terms'],
  [`${'!(a && '.repeat(40)}a${')'.repeat(40)}`, 'nested deeper than 32 levels'],
  // Counted before it is parsed: that would take seconds.
  ['!('.repeat(500), 'nested deeper than 32 levels'],
])('what cannot be evaluated or bounded is refused: %#', (source, because) => {
  expect(problems(source)).toContain(because)
})

test.each(['true', '!a', 'a || !b', '!(a && b)'])('%s would accuse healthy nodes and is refused', (source) => {
  expect(problems(source)).toContain('is true while none of its signals is')
})

test('what it reads is told, so that freshness and holds are asked of these signals only', () => {
  const when = compileWhen('c && (a || node.name == "x")', names)
  expect(when.ok && when.value.signalNames).toEqual(['a', 'c'])
})

const measured = (source: string, evidence: Partial<WhenEvidence>) => {
  const when = compileWhen(source, names)
  if (!when.ok) throw new Error(when.issues.map(({ message }) => message).join('; '))
  return judgeWhen(when.value, { signals: { a: 'True' }, node, ...evidence })
}

test('what a signal measured can be compared and reckoned with, whole numbers too', () => {
  expect(measured('value.a > 5', { values: { a: 6 } }).truth).toBe('True')
  expect(measured('a && value.a / 2 + 1 > 3', { values: { a: 6 } }).truth).toBe('True')
  expect(measured('2 * rate.a >= 0.2', { rates: { a: 0.1 } }).truth).toBe('True')
  expect(measured('value.a > 5', { values: { a: 5 } }).truth).toBe('False')
})

test('what was not measured is Unknown, unless the other side decides', () => {
  expect(measured('value.a > 5', {}).truth).toBe('Unknown')
  expect(measured('a || value.a > 5', {}).truth).toBe('True')
  expect(measured('rate.a > 5', { values: { a: 6 } })).toEqual({ truth: 'Unknown', because: 'rate.a is not known' })
  expect(measured('value.a > 5', { signals: { a: 'False' } }).truth).toBe('False')
})

test('what an Unknown signal measured counts for nothing', () => {
  expect(measured('a && value.b > 5', { signals: { a: 'True', b: 'Unknown' }, values: { b: 6 } }).truth).toBe('Unknown')
})

test('numbers alone accuse nobody: a signal that it reads has to be True', () => {
  expect(measured('value.a > 5', { signals: { a: 'False' }, values: { a: 6 } }).truth).toBe('False')
  expect(
    measured('value.a > 5 && value.b > 5', { signals: { a: 'True', b: 'False' }, values: { a: 6, b: 6 } }).truth,
  ).toBe('True')
})

test('a division by zero is Unknown and says so, never above every threshold', () => {
  expect(measured('value.a / value.b > 2', { signals: { a: 'True', b: 'False' }, values: { a: 6, b: 0 } })).toEqual({
    truth: 'Unknown',
    because: 'division by zero',
  })
  expect(measured('value.a * value.a > 2', { values: { a: 1e300 } }).because).toBe('the result is no finite number')
})

test('a signal that is read through its number only is read all the same', () => {
  const when = compileWhen('value.b > 1 && rate.c > 2', names)
  expect(when.ok && [when.value.signalNames, when.value.valuesOf, when.value.ratesOf]).toEqual([
    ['b', 'c'],
    ['b'],
    ['c'],
  ])
})

test.each([
  ['value.kernelHang > 1', "names 'value.kernelHang', but there is no signal 'kernelHang' (known: a, b, c)"],
  ['rate.kernelHang > 1', "names 'rate.kernelHang'"],
  ['a && value["a"] > 1', "must name the signal behind 'value', as in `value.memoryShort`"],
  ['a && has(value.b)', 'what was not measured must stay unknown'],
  ['value.a', 'yields a number, and must be true or false'],
  ['a ? node.name : "no"', 'yields a text, and must be true or false'],
  ['a ? "yes" : "no"', 'yields a text'],
  ['a && value.a > "5"', 'compares a number with a text'],
  ['a == 1', 'compares true or false with a number'],
  ['a && value.a / 0 > 1', 'divides by zero'],
  ['a && value.b', 'joins a number by `&&`'],
  ['a + b > 1', 'reckons with what is true or false'],
])('%s is refused with a clear reason', (source, because) => {
  expect(problems(source)).toContain(because)
})
