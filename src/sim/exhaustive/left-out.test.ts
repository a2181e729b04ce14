import { expect, test } from 'vitest'
import { assert } from '../../kernel/assert.ts'
import { chanceNames } from '../plan/fault.ts'
import { simulate } from '../simulation/simulate.ts'
import { faultCases, killCase } from './cases.ts'
import { play } from './play.ts'
import { shortStories } from './short-stories.ts'

/** The claim on which pairs are left out, played: what would not happen changes nothing. */
test('a pair that is left out would have been the same run once more', async () => {
  const [story] = shortStories
  assert(story !== undefined, 'there is a story')
  const effect = (await play(story.plan)).requests.find(({ isEffect }) => isEffect)
  assert(effect !== undefined, 'it has an effect')
  const kill = killCase(story, effect, 'KilledAfter')
  const played = faultCases(kill, effect, await play(kill.plan)).map(({ fault }) => fault)
  const leftOut = chanceNames.filter((fault) => !played.includes(fault))
  expect(leftOut).toContain('PowerLost')
  const faults = Object.fromEntries(leftOut.map((fault) => [fault, 100]))
  const [alone, together] = [await simulate(kill.plan), await simulate({ ...kill.plan, faults })]
  expect(together.traceHash).toBe(alone.traceHash)
})
