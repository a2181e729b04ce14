import { expect, test } from 'vitest'
import { parseTokens, renderTokens } from './identities.ts'

test('every identity gets its own token back', () => {
  const names = [
    'admin',
    'operator',
    'operator-b',
    'controller-manager',
    'scheduler',
    'kwok',
    'karpenter',
    'machines',
  ] as const
  const tokens = parseTokens(renderTokens(names.map((name) => [name, `token-of-${name}`])))
  expect(tokens).toEqual(Object.fromEntries(names.map((name) => [name, `token-of-${name}`])))
})

test('the operator is its own service account and no administrator', () => {
  const line = renderTokens([['operator', 't']])
  expect(line).toContain('t,system:serviceaccount:prunella-system:prunella,')
  expect(line).not.toContain('system:masters')
})

test('a file without all of them is refused', () => {
  expect(() => parseTokens(renderTokens([['admin', 't']]))).toThrow('none for operator')
})
