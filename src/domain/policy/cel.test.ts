import { expect, test } from 'vitest'
import type { ConditionStatus } from '../../api/core/node.ts'
import { compileWhen, evaluateWhen, type NodeFacts } from './cel.ts'

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
  expect(evaluate('a ? node.name : "no"', { a: 'True' })).toBe('Unknown')
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
