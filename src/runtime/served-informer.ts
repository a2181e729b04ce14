import type { Kind, KubeObject } from '../api/kind.ts'
import { minutes, seconds } from '../kernel/time.ts'
import type { Indexes } from './cache.ts'
import { causeText } from './complaint.ts'
import { type ChangeHandler, Informer } from './informer.ts'
import type { ReflectorPorts } from './reflector.ts'
import { collectionPath } from './resource-path.ts'

export interface ServedInformerOptions<Thing extends KubeObject, Index extends string> {
  /** The versions in which a cluster may serve it, the one wanted most first. */
  readonly kinds: readonly Kind<Thing>[]
  readonly indexes: Indexes<Thing, Index>
  /** Only this namespace; left out: all. */
  readonly namespace?: string
}

type State<Thing extends KubeObject, Index extends string> =
  | { readonly name: 'Unasked' }
  /** The cluster does not know the kind, so there is nothing of it. */
  | { readonly name: 'Absent' }
  | { readonly name: 'Unreadable'; readonly message: string }
  | { readonly name: 'Served'; readonly kind: Kind<Thing>; readonly informer: Informer<Thing, Index> }

type Served<Thing extends KubeObject, Index extends string> = Extract<State<Thing, Index>, { readonly name: 'Served' }>

/** A kind that comes with somebody else's operator may be installed at any time. */
const askAgainMs = minutes(5)
const retryMs = seconds(15)
/** And taken away at any time; a version of it goes with an upgrade. */
const lookMs = minutes(1)
/** One 404 may be the word of an API server that is just starting. */
const absentLooksMin = 2
const answerTimeoutMs = seconds(5)
/** Whoever starts waits no longer for the kinds of others. */
const patienceMs = seconds(5)
/** Bookmarks come about every minute. */
const stalenessMaxMs = minutes(3)

/** An informer of a kind that the cluster may not serve, or not let us read. Neither is an error, and each can be told apart. */
export class ServedInformer<Thing extends KubeObject, Index extends string = never> {
  readonly #ports: ReflectorPorts
  readonly #options: ServedInformerOptions<Thing, Index>
  readonly #handlers = new Set<ChangeHandler<Thing>>()
  readonly #waiting = new Set<() => void>()
  #state: State<Thing, Index> = { name: 'Unasked' }
  /** Of informers that are no more. */
  #pastDefects = 0

  constructor(ports: ReflectorPorts, options: ServedInformerOptions<Thing, Index>) {
    this.#ports = ports
    this.#options = options
  }

  /** Resolves when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = await this.#ask()
      this.#pastDefects = this.defects
      this.#state = next
      if (this.#state.name === 'Served') {
        await this.#watch(this.#state, signal)
        continue
      }
      this.#answered()
      await this.#ports.clock.sleep(this.#state.name === 'Absent' ? askAgainMs : retryMs, signal)
    }
  }

  /** Resolves once it is known whether there is anything to see and, if so, what; never much later than that should take. */
  readonly whenKnown = async (signal: AbortSignal): Promise<void> => {
    const known = new Promise<void>((resolve) => {
      if (this.#state.name === 'Unasked' || this.problem() !== undefined) this.#waiting.add(resolve)
      else resolve()
    })
    await Promise.race([known, this.#ports.clock.sleep(patienceMs, signal)])
  }

  readonly list = (): readonly Thing[] => (this.#state.name === 'Served' ? this.#state.informer.list() : [])

  readonly byIndex = (index: Index, value: string): readonly Thing[] =>
    this.#state.name === 'Served' ? this.#state.informer.byIndex(index, value) : []

  /** The version that is served. Undefined: none, as far as we know. */
  get kind(): Kind<Thing> | undefined {
    return this.#state.name === 'Served' ? this.#state.kind : undefined
  }

  /** How often a handler threw. */
  get defects(): number {
    return this.#pastDefects + (this.#state.name === 'Served' ? this.#state.informer.defects : 0)
  }

  /** Why what is listed here may not be all that there is. Undefined: it is all. */
  readonly problem = (): string | undefined => {
    const state = this.#state
    const plural = this.#options.kinds[0]?.plural ?? ''
    if (state.name === 'Absent') return undefined
    if (state.name === 'Unasked') return `${plural} have not been read yet`
    if (state.name === 'Unreadable') return state.message
    return isHeard(state.informer) ? undefined : `${plural} have not been heard of for a while`
  }

  onChange(handler: ChangeHandler<Thing>): void {
    this.#handlers.add(handler)
    if (this.#state.name === 'Served') this.#state.informer.onChange(handler)
  }

  async #ask(): Promise<State<Thing, Index>> {
    for (const kind of this.#options.kinds) {
      const state = await this.#askFor(kind)
      if (state.name !== 'Absent') return state
    }
    return { name: 'Absent' }
  }

  async #askFor(kind: Kind<Thing>): Promise<State<Thing, Index>> {
    try {
      const { status } = await this.#ports.transport.request({
        method: 'GET',
        path: collectionPath(kind, this.#options.namespace),
        query: { limit: '1' },
        timeoutMs: answerTimeoutMs,
        lane: 'Request',
      })
      if (status === 404) return { name: 'Absent' }
      if (status === 403) return { name: 'Unreadable', message: `${kind.plural} may not be listed` }
      if (status !== 200) return { name: 'Unreadable', message: `${kind.plural} cannot be listed: status ${status}` }
    } catch (error) {
      return { name: 'Unreadable', message: `${kind.plural} cannot be listed: ${causeText(error)}` }
    }
    const { indexes, namespace } = this.#options
    const query = namespace === undefined ? {} : { namespace }
    return { name: 'Served', kind, informer: new Informer(this.#ports, { kind, indexes, query }) }
  }

  /** Resolves when the signal is aborted, or when the kind is served no more. */
  async #watch(served: Served<Thing, Index>, signal: AbortSignal): Promise<void> {
    const { informer } = served
    for (const handler of this.#handlers) informer.onChange(handler)
    const over = new AbortController()
    const stop = (): void => over.abort()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    void informer.whenSynced(over.signal).then(() => this.#answered())
    try {
      await Promise.all([informer.run(over.signal), this.#whileServed(served, over.signal).then(stop)])
    } finally {
      stop()
      signal.removeEventListener('abort', stop)
    }
  }

  /** A watch that is refused for ever would keep everybody from every node. */
  async #whileServed({ kind, informer }: Served<Thing, Index>, signal: AbortSignal): Promise<void> {
    for (let absentLooks = 0; absentLooks < absentLooksMin; ) {
      await this.#ports.clock.sleep(lookMs, signal)
      if (signal.aborted) return
      const isAbsent = !isHeard(informer) && (await this.#askFor(kind)).name === 'Absent'
      absentLooks = isAbsent ? absentLooks + 1 : 0
    }
  }

  #answered(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

const isHeard = (informer: Pick<Informer<KubeObject>, 'hasSynced' | 'stalenessMs'>): boolean =>
  informer.hasSynced() && informer.stalenessMs() < stalenessMaxMs
