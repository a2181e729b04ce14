import { expect, test } from 'vitest'
import { instant, parseTime, rfc3339 } from './time.ts'

test('a time is read as what it says, whatever was read before', () => {
  const times = ['2026-11-21T10:00:00Z', 'no time', '2026-11-21T10:00:00.000Z', '', '2026-11-21T10:00:01Z', undefined]
  const read = [...times, ...times].map(parseTime)
  const expected = times.map((text) => (text?.startsWith('2026') === true ? instant(Date.parse(text)) : undefined))
  expect(read).toEqual([...expected, ...expected])
})

test('what was written is read as the same moment', () => {
  const at = instant(1_795_000_000_123)
  expect(parseTime(rfc3339(at))).toBe(at)
})
