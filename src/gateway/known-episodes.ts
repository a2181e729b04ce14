import type { Mono } from '../kernel/time.ts'

/** Some 2 MB, and more than fire anywhere at once. */
const episodesMax = 20_000

/** What was told lately. The oldest is forgotten first. */
export class KnownEpisodes {
  readonly #forMs: number
  readonly #since = new Map<string, Mono>()

  constructor({ forMs }: { readonly forMs: number }) {
    this.#forMs = forMs
  }

  has(episode: string, now: Mono): boolean {
    const since = this.#since.get(episode)
    return since !== undefined && now - since <= this.#forMs
  }

  add(episode: string, now: Mono): void {
    this.#since.delete(episode)
    this.#since.set(episode, now)
    for (const [oldest, since] of this.#since) {
      if (this.#since.size <= episodesMax && now - since <= this.#forMs) return
      this.#since.delete(oldest)
    }
  }
}
