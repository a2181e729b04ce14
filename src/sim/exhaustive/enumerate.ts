import { chanceNames } from '../plan/fault.ts'
import { type Case, faultCases, killCase, type Moment, moments } from './cases.ts'
import { type Played, play, type Request } from './play.ts'
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
  /** Which request is the first, from 0 to one less than the stride: all offsets together are everything. */
  readonly offset: number
}

export type Told = StoryBegun | Ran | LeftOut

/** What lies before this worker. */
interface StoryBegun {
  readonly kind: 'StoryBegun'
  readonly story: string
  readonly requests: number
  /** At most: pairs that prove to be nothing new are told as left out. */
  readonly runs: number
}

export interface Ran {
  readonly kind: 'Ran'
  readonly story: string
  readonly how: 'Undisturbed' | Moment | 'Pair'
  readonly name: string
  /** Absent: it was as it should be. */
  readonly failure?: { readonly problem: string; readonly plan: unknown }
}

/** Pairs that would have given again what was played already. */
interface LeftOut {
  readonly kind: 'LeftOut'
  readonly story: string
  readonly pairs: number
}

/**
 * Every crash point, before and after each request of each story; and for each request with an effect that crash with every single
 * fault beside it.
 */
export async function enumerate(share: Share, tell: (told: Told) => void): Promise<void> {
  const begun: Crashing[] = []
  for (const story of shortStories.filter(({ name }) => share.story === undefined || share.story === name)) {
    const crashing = new Crashing(story, await play(story.plan), { share, tell })
    crashing.begin()
    begun.push(crashing)
  }
  for (const crashing of begun) await crashing.crashAll()
}

interface Around {
  readonly share: Share
  readonly tell: (told: Told) => void
}

class Crashing {
  readonly #story: ShortStory
  readonly #reference: Played
  readonly #share: Share
  readonly #tell: (told: Told) => void
  readonly #requests: readonly Request[]

  constructor(story: ShortStory, reference: Played, { share, tell }: Around) {
    this.#story = story
    this.#reference = reference
    this.#share = share
    this.#tell = tell
    this.#requests = chosenOf(reference.requests, share)
  }

  /** Says how much lies before it. */
  begin(): void {
    const { name, plan } = this.#story
    const effects = this.#requests.filter(({ isEffect }) => isEffect).length
    const runs = moments.length * (this.#requests.length + effects * chanceNames.length)
    this.#tell({ kind: 'StoryBegun', story: name, requests: this.#requests.length, runs })
    if (this.#share.worker === 0) this.#tellOf('Undisturbed', { name: `${name} undisturbed`, plan }, this.#reference)
  }

  async crashAll(): Promise<void> {
    for (const request of this.#requests) for (const moment of moments) await this.#crash(request, moment)
  }

  async #crash(request: Request, moment: Moment): Promise<void> {
    const kill = killCase(this.#story, request, moment)
    const killed = await play(kill.plan)
    this.#tellOf(moment, kill, killed)
    if (!request.isEffect) return
    const pairs = faultCases(kill, request, killed)
    this.#tell({ kind: 'LeftOut', story: this.#story.name, pairs: chanceNames.length - pairs.length })
    for (const pair of pairs) this.#tellOf('Pair', pair, await play(pair.plan))
  }

  #tellOf(how: Ran['how'], { name, plan }: Case, played: Played): void {
    const problem = verdict(this.#story, this.#reference.effects, played)
    const failure = problem === undefined ? {} : { failure: { problem, plan } }
    this.#tell({ kind: 'Ran', story: this.#story.name, how, name, ...failure })
  }
}

const chosenOf = (requests: readonly Request[], { worker, workers, stride, offset }: Share): readonly Request[] =>
  requests.filter((_, index) => index % stride === offset).filter((_, index) => index % workers === worker)
