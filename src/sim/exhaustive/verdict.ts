import { type EffectKind, type Effects, effectKinds } from '../oracles/effects.ts'
import type { Played } from './play.ts'
import type { ShortStory } from './short-stories.ts'

/** What takes something away: a cordon that is given back and forth would be seen by it, too. */
const destructive: readonly EffectKind[] = effectKinds.filter((kind) => kind !== 'Uncordon')

/** What is wrong with a run, in words. Undefined: it was safe, the story was healed, and nothing was done more often than undisturbed. */
export function verdict({ outcome }: ShortStory, reference: Effects, { report, effects }: Played): string | undefined {
  const { failure, outcomes } = report
  if (failure !== undefined) return `${failure.kind}: ${failure.message}`
  if (!outcomes.includes(outcome)) return `not healed: it ended ${outcomes.join(', ') || 'without a run'}`
  const more = destructive.find((kind) => effects.of(kind) > reference.of(kind))
  return more === undefined
    ? undefined
    : `oracle: ${more} ${effects.of(more)} times, ${reference.of(more)} without a fault`
}
