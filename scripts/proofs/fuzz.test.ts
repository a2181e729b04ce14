import { string } from 'fast-check'
import { expect, test } from 'vitest'
import { folded } from './folded.ts'
import { allFuzzed, fuzz, told } from './fuzz.ts'
import type { Fuzzed } from './fuzzed.ts'

/** A hundred thousand of each, the corners and the time that they take are a proof of their own. */
const few = { cases: 60, seed: 1 }

test.each(allFuzzed.map((fuzzed) => [fuzzed.name, fuzzed] as const))(
  '%s: nothing breaks its reader',
  (_, fuzzed) => {
    expect(fuzz({ ...fuzzed, corners: {} }, few).broken).toBeUndefined()
  },
  30_000,
)

const readBy = (read: Fuzzed['read'], corners: Fuzzed['corners'] = {}): Fuzzed => ({
  name: 'reader',
  inputs: string(),
  corners,
  read,
})

const failing = (input: string): void => {
  if (input.includes('"')) throw new TypeError('it broke')
}

test('what breaks a reader is made small, and told', () => {
  const outcome = fuzz(readBy(failing), { cases: 10_000, seed: 1 })
  expect(outcome.broken).toMatchObject({ input: '"', error: expect.stringContaining('it broke') })
  expect(told(outcome).join('\n')).toMatch(/reader +10000 {2}BROKEN.*\n.*it broke\n {2}"\\""/)
})

test('so is a corner that does', () => {
  const { broken } = fuzz(readBy(failing, { 'one of a thousand': '"' }), { cases: 0, seed: 1 })
  expect(broken).toEqual({ input: '"', error: 'one of a thousand: TypeError: it broke' })
})

/** Keeps its processor busy. */
function work(enoughMs: number): void {
  const before = process.threadCpuUsage()
  for (let busyMs = 0; busyMs < enoughMs; ) {
    const { user, system } = process.threadCpuUsage(before)
    busyMs = (user + system) / 1_000
  }
}

test('the slowest case is kept, and is too slow above the limit', () => {
  const slow = (input: string): void => work(input === 'slow' ? 6 : 0)
  const outcome = fuzz(readBy(slow, { 'a slow one': 'slow' }), few)
  expect(outcome.slowest).toMatchObject({ input: 'slow', corner: 'a slow one' })
  expect(outcome.slowest.cpuMs).toBeGreaterThan(5)
  expect(told(outcome, 5)[0]).toMatch(/SLOW .* a slow one$/)
  expect(told(outcome, outcome.slowest.cpuMs)[0]).toMatch(/ok .* a slow one$/)
}, 30_000)

test('what a reader remembers of a text does not make it fast', () => {
  const turns: number[] = []
  const remembering = (_: string, turn: number): void => {
    turns.push(turn)
    work(2)
  }
  fuzz(readBy(remembering, { 'a slow one': 'slow' }), { cases: 0, seed: 1 })
  expect(turns).toEqual([0, 1, 2, 3, 4])
})

test.each([
  ['', '""'],
  ['abc', '"abc"'],
  ['(((', '"((("'],
  [`[${'('.repeat(930)} "`, '"[" + 930 × "(" + " \\""'],
  ['ab'.repeat(20), '20 × "ab"'],
  [`${'!('.repeat(10)}x${')'.repeat(12)}`, '10 × "!(" + "x" + 12 × ")"'],
])('what repeats itself is told once: %#', (text, words) => {
  expect(folded(text)).toBe(words)
})
