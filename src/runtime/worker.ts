import type { Log } from '../ports/journal.ts'
import { Complaint, causeText } from './complaint.ts'
import { type Failure, failureOf, type Wait } from './failure.ts'
import type { Leadership } from './leader-election.ts'
import type { WorkQueue } from './work-queue.ts'

export interface Result {
  /** Undefined: nothing to do until the object changes. */
  readonly requeueAfterMs: number | undefined
}

export interface WorkersOptions {
  /** Of the controller, for the log. */
  readonly name: string
  readonly queue: WorkQueue
  readonly reconcile: (key: string) => Promise<Result>
  /** How many keys at once. */
  readonly workers: number
  readonly log: Log
  /** Given: works only while this process leads. */
  readonly leadership?: Pick<Leadership, 'remainingMs' | 'whenLeading'>
}

/** Takes keys from the queue and reconciles them. Only here is decided what a throw means. */
export class Workers {
  readonly #options: WorkersOptions
  /** Per key: others that fare well, or badly in words of their own, must not make it be said again. */
  readonly #outages = new Map<string, Complaint>()
  /** Per key the refusal that was logged last: once per cause, not once per try. */
  readonly #refusals = new Map<string, string>()
  #defects = 0

  constructor(options: WorkersOptions) {
    this.#options = options
  }

  /** How often the program was wrong about a key. */
  get defects(): number {
    return this.#defects
  }

  /** Resolves when the signal is aborted and every look under way has ended; rejects with BrokenInvariantError at once. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.workers }, async () => await this.#work(signal)))
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { queue, leadership } = this.#options
    for (;;) {
      await leadership?.whenLeading(signal)
      const key = await queue.take(signal)
      if (key === undefined) return
      // The lease may have ended while this worker waited for the key.
      if (leadership === undefined || leadership.remainingMs() > 0) await this.#look(key)
      else queue.add(key)
      queue.done(key)
    }
  }

  async #look(key: string): Promise<void> {
    const { name, queue, reconcile, log } = this.#options
    try {
      const { requeueAfterMs } = await reconcile(key)
      queue.forget(key)
      this.#refusals.delete(key)
      this.#outages.get(key)?.over('working again', { controller: name, key })
      this.#outages.delete(key)
      if (requeueAfterMs !== undefined) queue.addAfter(key, requeueAfterMs)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'Broken') throw error
      this.#say(failure, key, error)
      this.#wait(key, failure.wait)
      if (failure.kind === 'Defect') log.error('defect in reconcile', { controller: name, key, cause: stackOf(error) })
    }
  }

  #wait(key: string, wait: Wait): void {
    if (wait.kind === 'Hold') this.#options.queue.holdFor(key, wait.ms)
    else this.#options.queue.backOff(key, wait.limits)
  }

  #say({ kind }: Failure, key: string, error: unknown): void {
    const { name, log } = this.#options
    if (kind === 'Defect') this.#defects += 1
    if (kind === 'Outage') this.#outageOf(key).about('waiting for the world', error, { controller: name, key })
    if (kind !== 'Refused') return
    const cause = causeText(error)
    if (this.#refusals.get(key) === cause) return
    this.#refusals.set(key, cause)
    log.warn('refused', { controller: name, key, cause })
  }

  #outageOf(key: string): Complaint {
    const known = this.#outages.get(key) ?? new Complaint(this.#options.log)
    this.#outages.set(key, known)
    return known
  }
}

const stackOf = (error: unknown): string =>
  error instanceof Error && error.stack !== undefined ? error.stack : causeText(error)
