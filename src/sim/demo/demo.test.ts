import { expect, test } from 'vitest'
import { minutes } from '../../kernel/time.ts'
import { Loop } from '../loop.ts'
import { Demo } from './demo.ts'

async function played(
  seed: number,
  meddle: (demo: Demo) => void = () => {},
): Promise<{ readonly isGood: boolean | undefined; readonly lines: readonly string[] }> {
  const loop = new Loop()
  const lines: string[] = []
  const over = new AbortController()
  const print = (line: string): number => lines.push(line)
  const demo = new Demo({ clock: loop.clock, print, seed, identity: 'demo', signal: over.signal })
  meddle(demo)
  let isGood: boolean | undefined
  const playing = (async () => {
    isGood = await demo.play()
  })()
  await loop.runFor(minutes(3), () => isGood !== undefined)
  over.abort()
  await loop.runFor(minutes(1))
  await playing
  return { isGood, lines }
}

test('all three stories end as told, in less than 90 seconds', { timeout: 30_000 }, async () => {
  const { isGood, lines } = await played(1)
  expect(lines.join('\n')).toMatch(/BudgetFree/)
  expect(isGood).toBe(true)
})

test('a BMC that obeys in words only is noticed', { timeout: 30_000 }, async () => {
  const { isGood, lines } = await played(1, ({ world }) => {
    world.bmc('node-2').behave({ ignoresCommands: 1_000 })
  })
  expect(isGood).toBe(false)
  expect(lines.join('\n')).toContain('the machine has not booted')
})
