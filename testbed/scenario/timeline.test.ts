import { expect, test } from 'vitest'
import { Timeline } from './timeline.ts'

test('offsets count from the fault, and what was seen late is told where it belongs', () => {
  const said: string[] = []
  const timeline = new Timeline((line) => said.push(line))
  timeline.mark('policy ready', 8_000)
  timeline.fault('a line in the kernel log', 10_000)
  timeline.mark('cordoned', 12_340)
  timeline.mark('condition True', 11_200)
  expect(timeline.lines()).toEqual([
    '    -2.00 s  policy ready',
    '    +0.00 s  a line in the kernel log',
    '    +1.20 s  condition True',
    '    +2.34 s  cordoned',
  ])
  expect(said.at(-1)).toBe('    +1.20 s  condition True')
  expect(timeline.offsetMs(12_340)).toBe(2_340)
})
