import type { Prng } from '../../kernel/prng.ts'
import type { Timers } from '../loop.ts'
import type { World } from '../world/world.ts'

/** What an actor finds around it. */
export interface ActorParts {
  readonly world: World
  /** What comes due while nobody reaches the API server comes when it is back. */
  readonly timers: Timers
  /** Its own: other actors draw from others. */
  readonly prng: Prng
  /** 1 to 100: how much it does. */
  readonly weight: number
  /** Into the trace. */
  readonly note: (text: string) => void
}

/** Somebody who acts on the same cluster beside the operator, from timers only: a person, another controller. */
export interface Actor {
  readonly name: string
  /**
   * Returns its end, which is called when the storm is over: from then on it begins nothing, and takes back what of its own would
   * keep the cluster from peace for ever, such as a pause.
   */
  readonly start: (parts: ActorParts) => () => void
}
