import type { Prng } from '../../kernel/prng.ts'
import type { Truth } from '../checkers/checker.ts'
import type { Timers } from '../loop.ts'
import type { World } from '../world/world.ts'

/** What a story is told with. */
export interface StoryParts {
  readonly world: World
  readonly truth: Truth
  readonly timers: Timers
  /** Its own: other stories draw from others. */
  readonly prng: Prng
  /** Into the trace. */
  readonly note: (text: string) => void
}

/** Trouble that the operator is there for, or must keep its hands off. */
export interface Story {
  /** Called when its moment has come. */
  readonly begin: (parts: StoryParts) => ToldStory
}

/** Under way. */
export interface ToldStory {
  /** L3: what has still to become so, in words; undefined: it has come to a good end. Asked only in the calm. */
  readonly pending: () => string | undefined
  /** The storm is over: nothing new happens, and nobody sleeps any longer. */
  readonly calm?: () => void
}
