import type { Kind, KubeObject } from '../../api/kind.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import { type ChangeHandler, Informer } from '../../runtime/informer.ts'
import type { ReflectorPorts } from '../../runtime/reflector.ts'

/** What a feed uses of a watch. */
export interface Watch<Thing extends KubeObject> {
  readonly onChange: (handler: ChangeHandler<Thing>) => void
  /** Why what was heard may not be all that there is. Undefined: it is all. */
  readonly problem: () => string | undefined
  /** Hears that the watch was lost, or is back. */
  readonly onKnown: (handler: () => void) => void
}

interface WatchOptions<Thing extends KubeObject> {
  readonly kind: Kind<Thing>
  readonly fieldSelector: string
  /** Whether some policy asks for it. */
  readonly isAsked: () => boolean
  /** For people: `events about nodes`. */
  readonly what: string
}

/** Bookmarks come about every minute. */
const stalenessMaxMs = minutes(3)
const lookMs = seconds(5)

/** A watch that begins with the first policy that asks for it, and goes on until the process ends. */
export class WatchWhenAsked<Thing extends KubeObject> implements Watch<Thing> {
  readonly #ports: ReflectorPorts
  readonly #options: WatchOptions<Thing>
  readonly #informer: Informer<Thing>
  readonly #handlers = new Set<() => void>()
  #hasBegun = false
  #wasKnown = false

  constructor(ports: ReflectorPorts, options: WatchOptions<Thing>) {
    const { kind, fieldSelector } = options
    this.#ports = ports
    this.#options = options
    this.#informer = new Informer(ports, { kind, query: { fieldSelector }, indexes: {} })
  }

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    while (!signal.aborted && !this.#options.isAsked()) await clock.sleep(lookMs, signal)
    if (signal.aborted) return
    this.#hasBegun = true
    await Promise.all([this.#informer.run(signal), this.#watchItself(signal)])
  }

  readonly onChange = (handler: ChangeHandler<Thing>): void => this.#informer.onChange(handler)

  readonly onKnown = (handler: () => void): void => void this.#handlers.add(handler)

  readonly problem = (): string | undefined => {
    const { what } = this.#options
    if (!this.#hasBegun) return `${what} are not watched`
    if (!this.#informer.hasSynced()) return `${what} have not been read yet`
    return this.#informer.stalenessMs() < stalenessMaxMs ? undefined : `${what} have not been heard of for a while`
  }

  async #watchItself(signal: AbortSignal): Promise<void> {
    await this.#informer.whenSynced(signal)
    while (!signal.aborted) {
      const isKnown = this.problem() === undefined
      if (isKnown !== this.#wasKnown) for (const handler of this.#handlers) handler()
      this.#wasKnown = isKnown
      await this.#ports.clock.sleep(lookMs, signal)
    }
  }
}
