import type { Breaker, Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Truth } from './checker.ts'
import { lagMaxMs } from './spec-history.ts'
import type { Figures } from './storm-figures.ts'

/** What a person has seen covers a quarter more. */
const growthMin = 1.25

const none: Figures = { sick: 0, most: 0, together: 0, isQuiet: true }

/** What the breaker of one scope ought to be, by what was visible for long enough to one leader. */
export class Latch {
  readonly #whose: string
  /** More nodes are ill than may be. */
  #aboveSince: Instant | undefined
  /** Something is out of order that no person has seen yet. */
  #excessSince: Instant | undefined
  /** Nothing is. */
  #calmSince: Instant | undefined
  /** Nor by what somebody may still believe. */
  #quietSince: Instant | undefined
  #trippedBy: string | undefined
  #covered = 0
  #figures: Figures = none
  #ledForMs = 0
  #canary: string | undefined

  constructor(whose: string) {
    this.#whose = whose
  }

  follow(figures: Figures, ledForMs: number, { now }: Truth): void {
    this.#figures = figures
    this.#ledForMs = ledForMs
    const isAbove = figures.sick > figures.most
    const nodes = Math.max(isAbove ? figures.sick : 0, figures.together)
    const isExcess = nodes > this.#covered * growthMin
    this.#aboveSince = sinceWhen(isAbove, this.#aboveSince, now())
    this.#excessSince = sinceWhen(isExcess, this.#excessSince, now())
    this.#calmSince = sinceWhen(nodes === 0, this.#calmSince, now())
    this.#quietSince = sinceWhen(nodes === 0 && figures.isQuiet, this.#quietSince, now())
    // A calm that is over before everybody must have seen it ends nothing: the policy was invalid for a while, and nobody counted.
    if (this.#isVisible(this.#quietSince, now())) this.#covered = 0
    if (this.#isVisible(this.#excessSince, now()))
      this.#trippedBy =
        figures.together > 0 ? `${figures.together} nodes that fell ill together` : 'too many sick nodes'
  }

  /** By something else than the share of the ill: what treating did, or what the books have lost. */
  trip(message: string, { now }: Truth): void {
    this.#trippedBy = message
    this.#canary = undefined
    if (this.#calmSince !== undefined) this.#calmSince = now()
  }

  /** Who was under way when it tripped may claim again. */
  start({ runUID, nodeName }: Slot, truth: Truth): string | undefined {
    if (truth.runByUID(runUID)?.status.step?.attempted === true) return undefined
    const { sick, most } = this.#figures
    if (this.#isVisible(this.#aboveSince, truth.now()))
      return `${nodeName} was begun with ${sick} sick nodes, ${this.#whose} allows ${most}`
    if (this.#trippedBy === undefined) return undefined
    if (this.#calmSince === undefined) return `${nodeName} was begun after ${this.#trippedBy} of ${this.#whose}`
    const coolingMs = seconds(truth.guard?.coolingSeconds ?? 0)
    const cooledMs = truth.now() - this.#calmSince
    if (cooledMs * 20 < coolingMs * 19)
      return `${nodeName} was begun after ${cooledMs} ms of cooling, not ${coolingMs}, after ${this.#trippedBy} of ${this.#whose}`
    if (this.#canary !== undefined) return `${nodeName} was begun while the canary ${this.#canary} was unproven`
    this.#canary = runUID
    return undefined
  }

  /** Proven: closed. Failed, or without any proof: it cools anew. */
  canaryEnded(runUID: string, isProven: boolean, { now }: Truth): void {
    if (this.#canary !== runUID) return
    this.#canary = undefined
    if (isProven) this.#trippedBy = undefined
    else if (this.#calmSince !== undefined) this.#calmSince = now()
  }

  /** A person has looked: at so many nodes, or at as many as the trip spoke of, and not at many more. */
  acknowledge({ input, figure }: Breaker): void {
    const { sick, most, together } = this.#figures
    const told = input === 'MaxUnhealthy' || input === 'CorrelatedFailures' ? figure : 0
    this.#covered = Math.max(sick > most ? sick : 0, together, told)
    this.#trippedBy = undefined
    this.#canary = undefined
    this.#excessSince = undefined
  }

  #isVisible(since: Instant | undefined, now: Instant): boolean {
    return since !== undefined && Math.min(now - since, this.#ledForMs) > lagMaxMs
  }
}

const sinceWhen = (isSo: boolean, since: Instant | undefined, now: Instant): Instant | undefined =>
  isSo ? (since ?? now) : undefined
