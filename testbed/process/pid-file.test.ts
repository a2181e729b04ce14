import { expect, test } from 'vitest'
import { parsePidRecord, renderPidRecord } from './pid-file.ts'

test('what is written is read again', () => {
  const record = { pid: 4711, startTicks: 886_622, command: '0a1b' }
  expect(parsePidRecord(renderPidRecord(record))).toEqual(record)
})

test.each(['', '4711', '4711 886622', '4711 886622 0a1b', 'x 886622 0a1b\n'])(
  '%j, cut short or foreign, names no process',
  (text) => {
    expect(parsePidRecord(text)).toBe(undefined)
  },
)
