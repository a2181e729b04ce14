import { expect, test } from 'vitest'
import { type Mono, minutes, mono, monoLater } from '../../kernel/time.ts'
import { type CountMemory, doubtAbout, remember } from './node-count.ts'

const start = mono(1_000_000)
const at = (ms: number): Mono => monoLater(start, ms)

/** What is said after a sequence of counts. */
function after(counts: readonly (readonly [number, number])[], stored?: number, question = 'all') {
  let memory: CountMemory | undefined
  for (const [ms, listed] of counts) memory = remember(memory, { question, listed, stored }, at(ms))
  const listed = counts.at(-1)?.[1] ?? 0
  return memory && doubtAbout('policy p', listed, memory)
}

test('a list that lost more than half of its nodes is in doubt, with both numbers', () => {
  expect(
    after([
      [0, 100],
      [1, 49],
    ]),
  ).toEqual({
    kind: 'Doubtful',
    before: 100,
    message: '49 nodes of policy p are listed now, 100 were before: half a list is neither none nor all',
  })
  expect(
    after([
      [0, 100],
      [1, 50],
    ]),
  ).toBeUndefined()
})

test('an empty list is never believed, not even the first', () => {
  expect(after([[0, 0]])?.message).toBe('policy p selects no node that is listed')
  expect(
    after([
      [0, 3],
      [1, 0],
    ])?.before,
  ).toBe(3)
})

test('a fleet that shrinks step by step is told by where it began', () => {
  expect(
    after([
      [0, 100],
      [1, 60],
      [2, 40],
    ])?.before,
  ).toBe(100)
})

test('a restart forgets nothing: what was written down counts as seen', () => {
  expect(after([[0, 40]], 100)?.before).toBe(100)
  expect(after([[0, 40]], undefined)).toBeUndefined()
})

test('what stays small is a smaller fleet, after at most twice the time', () => {
  const small = (ms: number): readonly [number, number] => [ms, 40]
  expect(after([[0, 100], small(1), small(minutes(5)), small(minutes(9))])?.before).toBe(100)
  expect(after([[0, 100], small(1), small(minutes(5)), small(minutes(10))])).toBeUndefined()
})

test('another selector is another question', () => {
  let memory = remember(undefined, { question: 'all', listed: 100, stored: undefined }, at(0))
  memory = remember(memory, { question: 'some', listed: 3, stored: undefined }, at(1))
  expect(doubtAbout('policy p', 3, memory)).toBeUndefined()
})
