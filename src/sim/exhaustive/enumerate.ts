import { faultCases, killCase, moments } from './cases.ts'
import { type Played, play } from './play.ts'
import { type ShortStory, shortStories } from './short-stories.ts'
import { verdict } from './verdict.ts'

/** A share of the work: every request of every story whose number falls to this worker. */
export interface Share {
  readonly worker: number
  readonly workers: number
  /** Absent: all. */
  readonly story?: string
  /** Every so many requests; 1: every single one. */
  readonly stride: number
}

export interface Told {
  readonly name: string
  readonly plan: unknown
  /** Undefined: as it should be. */
  readonly problem: string | undefined
}

/**
 * Every crash point, before and after each request of each story; and for each request with an effect that crash with every single
 * fault beside it.
 */
export async function enumerate(share: Share, tell: (told: Told) => void): Promise<void> {
  for (const story of shortStories) {
    if (share.story !== undefined && share.story !== story.name) continue
    const reference = await play(story.plan)
    const problem = verdict(story, reference.effects, reference)
    if (share.worker === 0) tell({ name: `${story.name} undisturbed`, plan: story.plan, problem })
    if (problem === undefined) await crashAll(story, { reference, share, tell })
  }
}

interface Crashing {
  readonly reference: Played
  readonly share: Share
  readonly tell: (told: Told) => void
}

async function crashAll(story: ShortStory, { reference, share, tell }: Crashing): Promise<void> {
  const { worker, workers, stride } = share
  const chosen = reference.requests.filter((_, index) => index % stride === 0 && (index / stride) % workers === worker)
  for (const request of chosen) {
    for (const moment of moments) {
      const kill = killCase(story, request, moment)
      const killed = await play(kill.plan)
      tell({ ...kill, problem: verdict(story, reference.effects, killed) })
      if (!request.isEffect) continue
      for (const each of faultCases(kill, request, killed)) {
        tell({ ...each, problem: verdict(story, reference.effects, await play(each.plan)) })
      }
    }
  }
}
