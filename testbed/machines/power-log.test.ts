import { expect, test } from 'vitest'
import { parsePowerLog } from './power-log.ts'

test('each line is one change, and a line cut short is none', () => {
  const text = '2026-11-21T08:49:21.888Z On\n2026-11-21T08:49:50.783Z Off\n2026-11-21T08:49'
  expect(parsePowerLog(text)).toEqual([
    { at: Date.UTC(2026, 10, 21, 8, 49, 21, 888), power: 'On' },
    { at: Date.UTC(2026, 10, 21, 8, 49, 50, 783), power: 'Off' },
  ])
})
