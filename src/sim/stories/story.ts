import type { Prng } from '../../kernel/prng.ts'
import type { Truth } from '../checkers/checker.ts'
import type { Timers } from '../loop.ts'
import type { World } from '../world/world.ts'

/** What a story is told with. */
export interface StoryParts {
  readonly world: World
  readonly truth: Truth
  /** Of people: what comes due while nobody reaches the API server comes when it is back. */
  readonly timers: Timers
  /** Its own: other stories draw from others. */
  readonly prng: Prng
  /** Into the trace. */
  readonly note: (text: string) => void
}

/**
 * Trouble that the operator is there for, or must keep its hands off. Called when its moment has come. Returns its end, which is
 * called when the storm is over: nothing new happens, and what people and networks have in the way of peace is taken back.
 */
export type Story = (parts: StoryParts) => () => void

export const nothingToEnd = (): void => {}
