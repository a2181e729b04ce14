import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { Prng } from '../../kernel/prng.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { isOutage } from '../../ports/errors.ts'
import type { Transport } from '../../ports/transport.ts'
import { causeText } from '../../runtime/complaint.ts'
import { Informer } from '../../runtime/informer.ts'
import { isOlder } from '../../runtime/resource-version.ts'
import { InBackground } from './in-background.ts'

interface FollowPorts {
  readonly clock: Clock
  readonly cluster: ClusterReader
  readonly transport: Transport
}

export type RunSight =
  | { readonly kind: 'Seen'; readonly run: NodeRemediation }
  /** Deleted, or another one stands under its name. */
  | { readonly kind: 'Gone' }

/** Whoever may read but not watch sees it this often; and a watch that has gone silent is noticed. */
const askEveryMs = seconds(5)

/** One run as it is now: a watch tells of changes at once, and a live read every few seconds is the net under it. */
export class RunFollowed {
  readonly #ports: FollowPorts
  readonly #uid: string
  readonly #name: string
  readonly #over = new AbortController()
  readonly #reads = new InBackground()
  readonly #watched: Informer<NodeRemediation>
  #sight: RunSight
  #askedAt: Mono
  #wake: (() => void) | undefined
  #problem: string | undefined

  constructor(ports: FollowPorts, run: NodeRemediation) {
    this.#ports = ports
    this.#uid = run.metadata.uid
    this.#name = run.metadata.name
    this.#sight = { kind: 'Seen', run }
    this.#askedAt = ports.clock.mono()
    // What interrupts a watch is no news for people as long as the live reads are answered.
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    this.#watched = new Informer(
      { clock: ports.clock, transport: ports.transport, prng: new Prng(0), log },
      { kind: runKind, query: { fieldSelector: `metadata.name=${this.#name}` }, indexes: {} },
    )
    this.#watched.onChange(({ new: next }) => {
      this.#note(next)
      this.#wake?.()
    })
    void this.#watched.run(this.#over.signal)
  }

  get sight(): RunSight {
    return this.#sight
  }

  /** Why the API server could not be asked; undefined: it answers. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Until something has changed, or so long; whatever the API server does. Rejects where the run may no longer be read. */
  async pause(ms: number, interrupted: AbortSignal): Promise<void> {
    const change = new AbortController()
    this.#wake = () => change.abort()
    interrupted.addEventListener('abort', this.#wake, { once: true })
    await this.#ports.clock.sleep(ms, change.signal)
    interrupted.removeEventListener('abort', this.#wake)
    this.#wake = undefined
    if (this.#ports.clock.mono() - this.#askedAt >= askEveryMs) this.#reads.start(async () => await this.#ask())
  }

  stop(): void {
    this.#over.abort()
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#ports.clock.mono()
    try {
      this.#note(await this.#ports.cluster.get(runKind, { name: this.#name }))
      this.#problem = undefined
      this.#wake?.()
    } catch (error) {
      if (!isOutage(error)) throw error
      this.#problem = causeText(error)
    }
  }

  #note(run: NodeRemediation | undefined): void {
    if (this.#sight.kind === 'Gone') return
    if (run === undefined || run.metadata.uid !== this.#uid) this.#sight = { kind: 'Gone' }
    else if (!isOlder(run.metadata.resourceVersion, this.#sight.run.metadata.resourceVersion))
      this.#sight = { kind: 'Seen', run }
  }
}
