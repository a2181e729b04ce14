import type { Change } from '../api-server/api-request.ts'
import type { WorldEvent } from '../world/events.ts'
import type { World } from '../world/world.ts'
import type { Timeline } from './timeline.ts'

/** One thing that goes wrong, and how it should end. It is told and judged from what is true, never from what the operator says. */
export interface Story {
  /** `a`, `b`, `c`: beside every line of it. */
  readonly letter: string
  readonly title: string
  readonly timeline: Timeline
  readonly begin: () => void
  readonly witness: (event: WorldEvent) => void
  readonly change: (change: Change) => void
  readonly isOver: () => boolean
  /** What did not go as told; empty when it ended well. */
  readonly problems: () => readonly string[]
}

export interface Stage {
  readonly world: World
  readonly timeline: Timeline
}
