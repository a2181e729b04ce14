import { expect, test } from 'vitest'
import type { Look } from './look.ts'
import { inWords, isNoticed, verdictOf } from './verdict.ts'

const test1: Look = { kind: 'Test', test: 'src/a/x.test.ts > no' }
const seed: Look = { kind: 'Seed', seed: 3, violation: 'Unsafe: I1' }
const hangs: Look = { kind: 'Hangs', where: 'the tests' }
const doesNotRun: Look = { kind: 'DoesNotRun', because: 'x' }
const quiet: Look = { kind: 'Quiet' }

/** What is seen near by, by the simulator, and everywhere; and where was looked. */
async function judged([near, seeds, far]: readonly [Look, Look?, Look?]) {
  const looked: string[] = []
  const looks = {
    tests: async (paths: readonly string[]) => {
      looked.push(paths.join(' '))
      return (paths[0] === 'src' ? far : near) ?? quiet
    },
    seeds: async (count: number) => {
      looked.push(`${count} seeds`)
      return seeds ?? quiet
    },
  }
  return { verdict: await verdictOf(looks, { file: 'src/a/x.ts', tests: ['src/b/'], seedsMax: 7 }), looked }
}

test('tests beside it come first, then seeds, then every test', async () => {
  expect(await judged([test1])).toEqual({ verdict: test1, looked: ['src/b/ src/a/'] })
  expect(await judged([quiet, seed])).toEqual({ verdict: seed, looked: ['src/b/ src/a/', '7 seeds'] })
  expect((await judged([quiet, quiet, test1])).looked).toEqual(['src/b/ src/a/', '7 seeds', 'src'])
})

test('what nobody notices has survived', async () => {
  const { verdict } = await judged([quiet])
  expect(verdict).toEqual({ kind: 'Survived', seeds: 7 })
  expect(isNoticed({}, verdict)).toBe(false)
})

test('what does not run is not noticed, whoever it was that did not run it', async () => {
  for (const seen of [[doesNotRun], [quiet, doesNotRun], [quiet, quiet, doesNotRun]] as const) {
    const { verdict } = await judged(seen)
    expect(verdict).toEqual(doesNotRun)
    expect(isNoticed({}, verdict)).toBe(false)
    expect(isNoticed({ hangs: true }, verdict)).toBe(false)
  }
})

test('what hangs is noticed only where it was meant to hang', async () => {
  const { verdict } = await judged([hangs])
  expect(verdict).toEqual(hangs)
  expect(isNoticed({}, verdict)).toBe(false)
  expect(isNoticed({ hangs: true }, verdict)).toBe(true)
})

test('where tests hang, seeds may still say what is wrong', async () => {
  expect((await judged([hangs, seed])).verdict).toEqual(seed)
  expect((await judged([quiet, hangs, test1])).verdict).toEqual(test1)
})

test('words that nobody takes for a success', () => {
  expect(inWords(test1)).toBe('src/a/x.test.ts > no')
  expect(inWords(seed)).toBe('seed 3: Unsafe: I1')
  expect(inWords(hangs)).toBe('HANGS: the tests')
  expect(inWords(doesNotRun)).toBe('DOES NOT RUN: x')
  expect(inWords({ kind: 'Survived', seeds: 7 })).toBe('SURVIVED 7 seeds')
})
