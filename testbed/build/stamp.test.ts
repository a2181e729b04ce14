import { expect, test } from 'vitest'
import { stampOf } from './stamp.ts'

const inputs = {
  goMod: 'module x',
  goSum: 'x v1 h1:a',
  command: ['build', '-trimpath'],
  env: { CGO_ENABLED: '0', A: 'b' },
}

test('the same inputs give the same stamp, in whatever order the environment is written', () => {
  expect(stampOf({ ...inputs, env: { A: 'b', CGO_ENABLED: '0' } })).toBe(stampOf(inputs))
})

test.each([
  { goMod: 'module y' },
  { goSum: 'x v1 h1:b' },
  { command: ['build'] },
  { env: { CGO_ENABLED: '1', A: 'b' } },
])('a change of %j gives another', (change) => {
  expect(stampOf({ ...inputs, ...change })).not.toBe(stampOf(inputs))
})
