import { expect, test } from 'vitest'
import { safeText } from './hostile-text.ts'

test('an escape sequence becomes something to read', () => {
  expect(safeText('\u001b[2Jgone\u202e')).toBe('\\u001b[2Jgone\\u202e')
})

test('a text that is too long is cut, and says so', () => {
  expect(safeText('x'.repeat(300))).toHaveLength(256)
  expect(safeText('x'.repeat(300)).endsWith('…')).toBe(true)
})
