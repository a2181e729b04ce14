import { compare } from '../oracles/compare.ts'
import type { Effects } from '../oracles/effects.ts'
import type { Played } from './play.ts'
import type { ShortStory } from './short-stories.ts'

/** What is wrong with a run, in words. Undefined: it was safe, the story was healed, and to everybody the same was done as undisturbed. */
export function verdict({ outcome }: ShortStory, reference: Effects, { report, effects }: Played): string | undefined {
  const { failure, outcomes, faults } = report
  if (failure !== undefined) return `${failure.kind}: ${failure.message}`
  if (!outcomes.includes(outcome)) return `not healed: it ended ${outcomes.join(', ') || 'without a run'}`
  const difference = compare(effects, reference, faults)
  return difference === undefined ? undefined : `oracle: ${difference}`
}
