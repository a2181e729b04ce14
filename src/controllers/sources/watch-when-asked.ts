import type { Kind, KubeObject } from '../../api/kind.ts'
import { seconds } from '../../kernel/time.ts'
import { type ChangeHandler, Informer } from '../../runtime/informer.ts'
import type { ReflectorPorts } from '../../runtime/reflector.ts'
import { cacheProblem, followProblem } from './watched-source.ts'

/** What a feed uses of a watch. */
export interface Watch<Thing extends KubeObject> {
  readonly onChange: (handler: ChangeHandler<Thing>) => void
  /** Why what was heard may not be all that there is. Undefined: it is all. */
  readonly problem: () => string | undefined
  /** Since the API server last said anything of it. Infinite before the first list. */
  readonly silentForMs: () => number
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

const lookMs = seconds(5)

/** A watch that begins with the first policy that asks for it, and goes on until the process ends. */
export class WatchWhenAsked<Thing extends KubeObject> implements Watch<Thing> {
  readonly #ports: ReflectorPorts
  readonly #options: WatchOptions<Thing>
  readonly #informer: Informer<Thing>
  readonly #handlers = new Set<() => void>()
  #hasBegun = false

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
    return cacheProblem(this.#informer, what)
  }

  readonly silentForMs = (): number => this.#informer.stalenessMs()

  async #watchItself(signal: AbortSignal): Promise<void> {
    await this.#informer.whenSynced(signal)
    const turned = (): void => {
      for (const handler of this.#handlers) handler()
    }
    await followProblem({ clock: this.#ports.clock, problem: this.problem, turned }, signal)
  }
}
