import { assert, integer, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { printableJson, safeText } from './hostile-text.ts'

test('an escape sequence becomes something to read', () => {
  expect(safeText('\u001b[2Jgone\u202e')).toBe('\\u001b[2Jgone\\u202e')
})

test('a text that is too long is cut, and says so', () => {
  expect(safeText('x'.repeat(300))).toHaveLength(256)
  expect(safeText('x'.repeat(300)).endsWith('…')).toBe(true)
})

test('what is cut off changes nothing of what is shown', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 40 }), integer({ min: 1, max: 40 }), (text, lengthMax) => {
      const whole = safeText(text, 1_000)
      const cut = `${whole.slice(0, lengthMax - 1)}…`.toWellFormed()
      expect(safeText(text, lengthMax)).toBe(whole.length > lengthMax ? cut : whole)
    }),
    { numRuns: 300 },
  )
})

test('what holds nothing to show is shown as it is, and nothing else is', () => {
  const ordinary = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCodePoint(0x20 + index)).join('')
  expect(safeText(ordinary)).toBe(ordinary)
  const odd = ['\u001f', '\n', '\u007f', '\u0085', '\u2028', '\u202e', '\ud800']
  for (const character of odd) expect(safeText(`a${character}b`)).not.toContain(character)
  expect(safeText(ordinary, ordinary.length)).toBe(ordinary)
  expect(safeText(ordinary, ordinary.length - 1)).toHaveLength(ordinary.length - 1)
})

test('half a character is none: an API server would store another one', () => {
  expect(safeText(`a${'\u{1f525}'.repeat(9)}`, 5).isWellFormed()).toBe(true)
  expect(safeText('\u{1f525}'.repeat(9), 4).isWellFormed()).toBe(true)
  expect(safeText('\u{1f525}')).toBe('\u{1f525}')
})

test('JSON is fit for a terminal, and is read back as it was', () => {
  const value = { text: 'a\u001b\u0085\u2028\u202e"b\nä' }
  const json = printableJson(JSON.stringify(value))
  expect(json).toBe('{"text":"a\\u001b\\u0085\\u2028\\u202e\\"b\\nä"}')
  expect(JSON.parse(json)).toEqual(value)
})
