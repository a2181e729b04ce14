import { type Lease, leaseKind } from '../api/core/kinds.ts'
import { BrokenInvariantError } from '../kernel/assert.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Prng } from '../kernel/prng.ts'
import { type Instant, type Mono, mono, monoLater, rfc3339Micro, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster, ObjectRef } from '../ports/cluster.ts'
import { ConflictError, clusterTravelMaxMs, powerTravelMaxMs } from '../ports/errors.ts'
import type { Log } from '../ports/journal.ts'
import { Complaint } from './complaint.ts'

export interface Leadership {
  /** How long this process may still act, by its own monotonic clock. Never positive in two processes at once. */
  readonly remainingMs: () => number
  /** How long this process has led without a gap; undefined: it does not lead. */
  readonly leadingForMs: () => number | undefined
  /** Resolves as soon as this process leads, or when the signal is aborted. */
  readonly whenLeading: (signal: AbortSignal) => Promise<void>
}

export interface ElectionPorts {
  /** Its wall stands in the lease, for people; nobody compares with it. */
  readonly clock: Clock
  /** The wall of this very machine: it goes on while a machine is suspended, where the monotonic clock may not. */
  readonly local: Pick<Clock, 'now'>
  readonly prng: Prng
  /** On the lane of the lease, so that no list delays a renewal. */
  readonly cluster: Pick<Cluster, 'get' | 'create' | 'patch'>
  readonly log: Log
}

export interface ElectionOptions {
  readonly lease: ObjectRef & { readonly namespace: string }
  /** New for every start of a process: a restarted one must not inherit what it cannot remember. */
  readonly identity: string
  readonly onStartedLeading?: () => void
  readonly onStoppedLeading?: () => void
}

const leaseSeconds = 15
const leaseMs = seconds(leaseSeconds)
const renewEveryMs = seconds(5)
const tryEveryMs = seconds(2)
/** Two clocks that both claim to be monotonic need not run at one speed. */
const driftMaxMs = 500
/** The longest that any effect may travel: before that nobody else must be let in. */
const landedMs = Math.max(clusterTravelMaxMs, powerTravelMaxMs)

/**
 * One leader by a Lease. Whoever holds it counts from before its write was sent; whoever waits counts from after it saw the write,
 * on its own clock. So the holder stops first, whatever the clocks on the wall say.
 */
export class LeaderElection implements Leadership {
  readonly #ports: ElectionPorts
  readonly #options: ElectionOptions
  readonly #complaint: Complaint
  readonly #waiting = new Set<() => void>()
  #term: Term | undefined
  /** What was seen or written last; undefined: it has to be read again. */
  #lease: Lease | undefined
  #lastChange = { resourceVersion: '', seenAt: mono(0) }
  #rounds = 0
  #standsBackUntil = mono(Number.NEGATIVE_INFINITY)

  constructor(ports: ElectionPorts, options: ElectionOptions) {
    this.#ports = ports
    this.#options = options
    this.#complaint = new Complaint(ports.log)
  }

  readonly remainingMs = (): number =>
    this.#term === undefined ? Number.NEGATIVE_INFINITY : this.#term.lastsMs - this.#sinceRenewal(this.#term)

  readonly leadingForMs = (): number | undefined =>
    this.#term === undefined || this.remainingMs() <= 0 ? undefined : this.#ports.clock.mono() - this.#term.since

  readonly whenLeading = async (signal: AbortSignal): Promise<void> => {
    if (this.remainingMs() > 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        signal.removeEventListener('abort', settle)
        this.#waiting.delete(settle)
        resolve()
      }
      this.#waiting.add(settle)
      signal.addEventListener('abort', settle)
    })
  }

  /** Takes part until the signal is aborted. Then the lease is still held: `release` it once the last effect has ended. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#round().catch((error: unknown) => this.#noteFailure(error))
      await this.#ports.clock.sleep(this.#pauseMs(), signal)
    }
  }

  /** Nobody waits longer than until a silent lease is over: the hand-over of a leader who died takes no longer than it must. */
  #pauseMs(): number {
    const everyMs = this.remainingMs() > 0 && this.#lease !== undefined ? renewEveryMs : tryEveryMs
    this.#rounds += 1
    const jitterMs = this.#ports.prng
      .fork(`election/${this.#options.identity}/${this.#rounds}`)
      .int(0, Math.floor(everyMs / 5))
    const waitMs = everyMs - jitterMs
    const overInMs = leaseMs + 1 - (this.#ports.clock.mono() - this.#lastChange.seenAt)
    return this.remainingMs() <= 0 && overInMs > 0 ? Math.min(waitMs, overInMs) : waitMs
  }

  /**
   * Leads no more and does not ask again for `ms`, for another replica is better placed. The lease is given back once nothing of
   * ours can be under way any more.
   */
  async standBack(ms: number): Promise<void> {
    const lease = this.#lease
    const { clock } = this.#ports
    if (this.remainingMs() <= 0) return
    this.#standsBackUntil = monoLater(clock.mono(), ms)
    this.#stop()
    await clock.sleep(landedMs)
    if (lease !== undefined) await this.#giveBack(lease)
  }

  /** Gives the lease back, so that the next leader need not wait for its end. Nothing may be sent under it any more. */
  async release(): Promise<void> {
    const [lease, wasLeading] = [this.#lease, this.remainingMs() > 0]
    this.#stop()
    if (lease !== undefined && wasLeading) await this.#giveBack(lease)
  }

  async #giveBack(lease: Lease): Promise<void> {
    try {
      await this.#write(lease, { holderIdentity: '', renewTime: this.#now() })
    } catch (error) {
      this.#ports.log.warn('lease is not given back and will run out', { cause: String(error) })
    }
  }

  async #round(): Promise<void> {
    if (this.#isStandingBack()) return void (await this.#read())
    // While leading the last write is what stands there, or somebody else's write turns ours away.
    const lease = (this.remainingMs() > 0 ? this.#lease : undefined) ?? (await this.#read())
    if (lease === undefined) return await this.#create()
    if (lease.holderIdentity !== this.#options.identity && !this.#isOver(lease)) return this.#noteForeign()
    await this.#take(lease)
  }

  async #read(): Promise<Lease | undefined> {
    const lease = await this.#ports.cluster.get(leaseKind, this.#options.lease)
    this.#lease = lease
    const resourceVersion = lease?.metadata.resourceVersion ?? ''
    if (resourceVersion !== this.#lastChange.resourceVersion) {
      this.#lastChange = { resourceVersion, seenAt: this.#ports.clock.mono() }
    }
    return lease
  }

  async #create(): Promise<void> {
    const askedAt = this.#moment()
    const { namespace, name } = this.#options.lease
    const spec = { ...this.#renewal(), acquireTime: this.#now(), leaseTransitions: 0 }
    this.#lease = await this.#ports.cluster.create(leaseKind, { metadata: { namespace, name }, spec })
    this.#extend(askedAt)
  }

  async #take(lease: Lease): Promise<void> {
    const isRenewal = lease.holderIdentity === this.#options.identity
    const first = isRenewal ? {} : { acquireTime: this.#now(), leaseTransitions: lease.leaseTransitions + 1 }
    const askedAt = this.#moment()
    this.#lease = undefined
    this.#lease = await this.#write(lease, { ...this.#renewal(), ...first })
    this.#extend(askedAt)
  }

  #renewal(): JsonObject {
    return { holderIdentity: this.#options.identity, leaseDurationSeconds: leaseSeconds, renewTime: this.#now() }
  }

  async #write({ metadata: { resourceVersion } }: Lease, spec: JsonObject): Promise<Lease> {
    return await this.#ports.cluster.patch(leaseKind, this.#options.lease, {
      type: 'Merge',
      resourceVersion,
      body: { spec },
    })
  }

  /** Counted from the question, not from the answer: the others count from when they saw what was stored in between. */
  #extend(askedAt: Moment): void {
    this.#complaint.over('lease is renewed again')
    const renewed = { renewedAt: askedAt.mono, renewedTime: askedAt.wall, lastsMs: leaseMs - driftMaxMs }
    const term = this.remainingMs() > 0 ? this.#term : undefined
    if (term !== undefined) {
      Object.assign(term, renewed)
      return
    }
    this.#stop()
    if (this.#sinceRenewal(renewed) >= renewed.lastsMs || this.#isStandingBack()) return
    this.#start({ since: this.#ports.clock.mono(), ...renewed, ended: new AbortController() })
  }

  #start(term: Term): void {
    this.#term = term
    this.#ports.log.info('leading', { identity: this.#options.identity })
    this.#options.onStartedLeading?.()
    for (const resolve of this.#waiting) resolve()
    void this.#expire(term)
  }

  /** The end of a term is noticed on time, even while a renewal is still waiting for its answer. */
  async #expire(term: Term): Promise<void> {
    while (this.#term === term) {
      const leftMs = this.remainingMs()
      if (leftMs <= 0) this.#stop()
      else await this.#ports.clock.sleep(leftMs, term.ended.signal)
    }
  }

  #stop(): void {
    if (this.#term === undefined) return
    this.#term.ended.abort()
    this.#term = undefined
    this.#ports.log.info('not leading any more', { identity: this.#options.identity })
    this.#options.onStoppedLeading?.()
  }

  /** Silence is measured on our own clock, since we saw the lease change: the holder's clock may be wrong. */
  #isOver({ holderIdentity, leaseDurationSeconds }: Lease): boolean {
    const silentMs = this.#ports.clock.mono() - this.#lastChange.seenAt
    return holderIdentity === '' || silentMs > Math.max(leaseMs, seconds(leaseDurationSeconds))
  }

  #noteForeign(): void {
    this.#lease = undefined
    this.#complaint.over('lease can be read again')
    // Somebody took it from us, which only happens after our own end.
    if (this.#term !== undefined) this.#stop()
  }

  #noteFailure(error: unknown): void {
    if (error instanceof BrokenInvariantError) throw error
    this.#lease = undefined
    const isLost = error instanceof ConflictError
    if (!isLost) this.#complaint.about('lease is not renewed', error)
  }

  /** A machine that was suspended shows it on one of its clocks: the longer of two times counts. */
  #sinceRenewal({ renewedAt, renewedTime }: Pick<Term, 'renewedAt' | 'renewedTime'>): number {
    const { clock, local } = this.#ports
    return Math.max(clock.mono() - renewedAt, local.now() - renewedTime)
  }

  #isStandingBack(): boolean {
    return this.#ports.clock.mono() < this.#standsBackUntil
  }

  #moment(): Moment {
    return { mono: this.#ports.clock.mono(), wall: this.#ports.local.now() }
  }

  #now(): string {
    return rfc3339Micro(this.#ports.clock.now())
  }
}

interface Term {
  readonly since: Mono
  lastsMs: number
  renewedAt: Mono
  renewedTime: Instant
  readonly ended: AbortController
}

/** On both clocks of this machine. */
interface Moment {
  readonly mono: Mono
  readonly wall: Instant
}
