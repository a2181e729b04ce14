import type { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { UnexpectedStatusError } from '../api-server/world-client.ts'
import type { Timers } from '../loop.ts'
import type { ActorParts } from './actor.ts'

/** One thing that an actor may do now. Returns what it did, in words; undefined: there was no occasion. */
export type Act = () => string | undefined

export interface Acting {
  readonly acts: readonly Act[]
  /**
   * Takes back what would keep the cluster from peace for ever, as far as it can now. True: nothing is left. Asked when the storm is
   * over, and from then on every minute until it is true.
   */
  readonly tidy: () => boolean
}

const pauseMinMs = seconds(10)
const pauseMaxMs = seconds(60)
const weightMax = 100

/** One act after the other, at random moments: the heavier the actor, the more of them. What the server refuses is let be. */
export function keepActing(parts: ActorParts, { acts, tidy }: Acting): () => void {
  const { timers, prng, weight, note } = parts
  let isOver = false
  const next = (): void => {
    const waitMs = Math.floor((prng.int(pauseMinMs, pauseMaxMs) * weightMax) / Math.max(1, weight))
    timers.after(waitMs, () => {
      if (isOver) return
      const done = attempt(oneOf(acts, prng))
      if (done !== undefined) note(done)
      next()
    })
  }
  next()
  return () => {
    isOver = true
    tidyUp(timers, tidy)
  }
}

export const oneOf = <Thing>(things: readonly Thing[], prng: Prng): Thing | undefined =>
  things[prng.int(0, Math.max(0, things.length - 1))]

/** Somebody else was faster, or it is not allowed: nothing was done. */
function attempt(act: Act | undefined): string | undefined {
  try {
    return act?.()
  } catch (error) {
    if (error instanceof UnexpectedStatusError) return `was refused: ${error.message}`
    throw error
  }
}

function tidyUp(timers: Timers, tidy: () => boolean): void {
  let isTidy = false
  const done = attempt(() => {
    isTidy = tidy()
    return undefined
  })
  if (!isTidy || done !== undefined) timers.after(minutes(1), () => tidyUp(timers, tidy))
}
