import { assert, constantFrom, dictionary, jsonValue, oneof, property, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { RefusedError } from '../../ports/errors.ts'
import { parseAnswer } from './parse-answer.ts'
import { parseRules } from './parse-rules.ts'

test('a warning that is no text is told, and breaks nothing', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  const answer = { data: { resultType: 'vector', result: [] }, warnings: [{ toString: 1 }, deep, 'a shard is away'] }
  const { warnings } = parseAnswer(answer, { resultType: 'vector', seriesMax: 1 })
  expect(warnings).toEqual(['a warning that is no text', 'a warning that is no text', 'a shard is away'])
})

const odd = jsonValue()
const answer = oneof(
  odd,
  record({
    data: record({ resultType: oneof(constantFrom('vector', 'matrix', 'scalar'), string()), result: odd }),
    warnings: odd,
  }),
  dictionary(string(), odd),
)

test('whatever answers, every number is finite or the answer is refused', () => {
  const holds = property(answer, constantFrom('vector' as const, 'matrix' as const), (said, resultType) => {
    expect(valuesOf(said, resultType).every(Number.isFinite)).toBe(true)
  })
  assert(holds, { numRuns: 1_000 })
})

function valuesOf(said: unknown, resultType: 'vector' | 'matrix'): readonly number[] {
  try {
    const { series } = parseAnswer(said, { resultType, seriesMax: 10 })
    return series.flatMap(({ samples }) => samples.map(({ value }) => value))
  } catch (error) {
    if (error instanceof RefusedError) return []
    throw error
  }
}

test('no answer about rules breaks anything', () => {
  assert(property(odd, (said) => void parseRules({ data: { groups: [{ rules: said }, said] } })))
})
