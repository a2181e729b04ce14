import { expect, test } from 'vitest'
import { run, testCounts } from './run.ts'

test('the counts are read from the last line that has them, colours or not', () => {
  expect(testCounts('\u001b[2m      Tests \u001b[22m \u001b[1m3 failed\u001b[22m | 120 passed (123)\n')).toEqual({
    passed: 120,
    failed: 3,
  })
  expect(testCounts('      Tests  7 passed (7)\n   Duration  1s')).toEqual({ passed: 7, failed: 0 })
  expect(testCounts('nothing was run')).toEqual({ passed: 0, failed: 0 })
})

test('a program that fails says so by its code, and what it printed is kept', async () => {
  const { code, output } = await run([process.execPath, '-e', 'console.log("out"); process.exit(3)'])
  expect({ code, output }).toEqual({ code: 3, output: 'out\n' })
})
