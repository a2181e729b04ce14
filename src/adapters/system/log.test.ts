import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('a line is constant text with its fields beside it', () => {
  const lines: string[] = []
  createLog({ level: 'info', destination: { write: (line) => lines.push(line) } }).warn('refused', { key: 'node-1' })
  expect(JSON.parse(lines.join(''))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/Z$/),
    key: 'node-1',
    msg: 'refused',
  })
})

test('what is a secret by its name is struck out', () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } })
  log.info('reading', {
    password: 'hunter2',
    bmc: { password: 'hunter2', address: 'bmc-1' },
    a: { b: { token: 'hunter2' } },
  })
  expect(lines.join('')).not.toContain('hunter2')
  expect(lines.join('')).toContain('bmc-1')
})

test('what is below the level is not written', () => {
  const lines: string[] = []
  createLog({ level: 'error', destination: { write: (line) => lines.push(line) } }).info('leading')
  expect(lines).toEqual([])
})
