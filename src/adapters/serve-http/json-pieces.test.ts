import { expect, test } from 'vitest'
import { jsonPieces } from './json-pieces.ts'
import { jsonText } from './json-text.ts'

test('pieces join to the same JSON, whatever stands before and after the items', () => {
  const items = Array.from({ length: 1_000 }, (_, index) => ({ index, text: 'x'.repeat(500) }))
  for (const body of [{ items }, { kind: 'List', items, metadata: { a: 1 } }, { items: [] }, 'text', null]) {
    const pieces = [...jsonPieces(body)]
    expect(JSON.parse(pieces.join(''))).toEqual(body)
  }
  expect([...jsonPieces({ items })].length).toBeGreaterThan(4)
})

test('a frozen object is serialised twice at most, another one every time', () => {
  let asked = 0
  const counting = { toJSON: () => ({ asked: (asked += 1) }) }
  for (let time = 0; time < 3; time += 1) jsonText(counting)
  expect(asked).toBe(3)
  Object.freeze(counting)
  expect([1, 2, 3, 4].map(() => jsonText(counting))).toEqual([
    '{"asked":4}',
    '{"asked":5}',
    '{"asked":5}',
    '{"asked":5}',
  ])
})
