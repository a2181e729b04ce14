import { expect, test } from 'vitest'
import { testsIn } from './look-at-tests.ts'

const failedWith1 = { code: 1, output: 'tail\n', isLate: false }
const wrong = 'AssertionError: expected 1 to be 2\n    at x'
const late = 'Error: Test timed out in 5000ms.\nIf this is a long-running test …'

interface Told {
  readonly name: string
  readonly messages?: readonly string[]
}

const file = (name: string, told: readonly Told[], message = '') => ({
  name: `/tmp/copy/src/${name}`,
  status: message !== '' || told.some(({ messages }) => messages !== undefined) ? 'failed' : 'passed',
  message,
  assertionResults: told.map(({ name: fullName, messages }) => ({
    fullName,
    status: messages === undefined ? 'passed' : 'failed',
    failureMessages: messages ?? [],
  })),
})

const look = (testResults: readonly unknown[], end = failedWith1) => testsIn('/tmp/copy', end, { testResults })

test('the first test that fails is named, by the names of the files', () => {
  const seen = look([
    file('b.test.ts', [{ name: 'b', messages: [wrong] }]),
    file('a.test.ts', [{ name: 'right' }, { name: 'a slot too many', messages: [wrong] }]),
  ])
  expect(seen).toEqual({ kind: 'Test', test: 'src/a.test.ts > a slot too many' })
})

test('nothing fails', () => {
  expect(look([file('a.test.ts', [{ name: 'right' }])], { code: 0, output: '', isLate: false })).toEqual({
    kind: 'Quiet',
  })
})

test('a file that does not load has noticed nothing, even where another test fails', () => {
  const seen = look([
    file('a.test.ts', [{ name: 'a', messages: [wrong] }]),
    file('b.test.ts', [], 'SyntaxError: no export x\n at y'),
  ])
  expect(seen).toEqual({ kind: 'DoesNotRun', because: 'src/b.test.ts does not load: SyntaxError: no export x' })
})

test('a test that ran out of time has noticed nothing, but does not hide one that has', () => {
  const hanging = file('a.test.ts', [{ name: 'waits', messages: [late] }])
  expect(look([hanging])).toEqual({ kind: 'Hangs', where: 'src/a.test.ts > waits' })
  expect(look([hanging, file('b.test.ts', [{ name: 'b', messages: [wrong] }])])).toEqual({
    kind: 'Test',
    test: 'src/b.test.ts > b',
  })
})

test('tests that never end have noticed nothing', () => {
  expect(testsIn('/tmp/copy', { ...failedWith1, isLate: true }, undefined)).toEqual({
    kind: 'Hangs',
    where: 'the tests',
  })
})

test('without a report, or with one in which nothing fails, nobody has noticed anything', () => {
  expect(testsIn('/tmp/copy', failedWith1, undefined)).toEqual({
    kind: 'DoesNotRun',
    because: 'the tests do not start: tail',
  })
  expect(look([file('a.test.ts', [{ name: 'right' }])])).toEqual({
    kind: 'DoesNotRun',
    because: 'the tests ended with 1: tail',
  })
})
