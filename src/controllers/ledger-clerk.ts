import { type LedgerSpec, ledgerKind, ledgerName } from '../api/v1alpha1/disruption-ledger.ts'
import type { LedgerSeen } from '../domain/budget/ledger.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import type { Effects } from '../runtime/fenced.ts'
import type { LedgerCustody } from './ledger-custody.ts'
import { readLedger } from './read-ledger.ts'

export type LedgerKnown = Extract<LedgerSeen, { readonly kind: 'Known' }>

/** What somebody wants to stand in the ledger, decided anew on whatever the ledger is by then. */
export interface LedgerWish {
  /** When the reads began that license it. */
  readonly readAt: Mono
  /** Undefined: it is not due on this ledger. */
  readonly on: (ledger: LedgerKnown) => LedgerSpec | undefined
}

interface Waiting extends LedgerWish {
  readonly answer: (isWritten: boolean) => void
  readonly fail: (error: unknown) => void
}

export interface ClerkPorts {
  readonly clock: Pick<Clock, 'mono'>
  readonly reader: Pick<ClusterReader, 'get'>
  readonly onEvidenceOf: (readAt: Mono) => Pick<Effects, 'cluster'>
  readonly custody: Pick<LedgerCustody, 'wrote'>
}

/** Whoever has waited longer looks again before he asks again. Half of what the fence allows, so that his reads outlive the write. */
const waitMaxMs = seconds(5)

/**
 * The one writer of the ledger in this process. Side by side, of all who claim at once one would win and the others have read in vain;
 * one after the other, each would wait for as many writes as stand before him. So all who wait while a write is under way are served
 * together by the next: one read, their wishes one after the other on what it showed, one write by its version.
 */
export class LedgerClerk {
  readonly #ports: ClerkPorts
  #waiting: Waiting[] = []
  #isServing = false

  constructor(ports: ClerkPorts) {
    this.#ports = ports
  }

  /** Resolves to whether it was written. Rejects as the read or the write does: with ConflictError where somebody else was faster. */
  readonly write = async (wish: LedgerWish): Promise<boolean> => {
    const { promise, resolve: answer, reject: fail } = Promise.withResolvers<boolean>()
    this.#waiting.push({ ...wish, answer, fail })
    if (!this.#isServing) void this.#serve()
    return await promise
  }

  async #serve(): Promise<void> {
    this.#isServing = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#writeFor(batch)
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
    }
    this.#isServing = false
  }

  async #writeFor(batch: readonly Waiting[]): Promise<void> {
    const { clock, reader, onEvidenceOf, custody } = this.#ports
    const staleBefore = clock.mono() - waitMaxMs
    const due = batch.filter((wish) => wish.readAt >= staleBefore)
    for (const wish of batch) if (!due.includes(wish)) wish.answer(false)
    const ledger = due.length === 0 ? undefined : await readLedger(reader)
    if (ledger?.kind !== 'Known') return due.forEach(({ answer }) => answer(false))
    const { granted, spec } = granting(due, ledger)
    const [first] = granted
    if (first === undefined) return
    const oldest = granted.reduce((found, wish) => (wish.readAt < found.readAt ? wish : found), first)
    const { resourceVersion } = ledger
    const { metadata } = await onEvidenceOf(oldest.readAt).cluster.patch(
      ledgerKind,
      { name: ledgerName },
      { type: 'Merge', resourceVersion, body: { spec: { ...spec } } },
    )
    custody.wrote(resourceVersion, metadata.resourceVersion)
    for (const { answer } of granted) answer(true)
  }
}

/** Each on what those before him leave. Whoever asks for nothing any more is told at once; one that cannot be decided fails alone. */
function granting(batch: readonly Waiting[], ledger: LedgerKnown): { granted: readonly Waiting[]; spec: LedgerSpec } {
  const granted: Waiting[] = []
  let { spec } = ledger
  for (const wish of batch) {
    try {
      const next = wish.on({ ...ledger, spec })
      if (next === undefined) wish.answer(false)
      else {
        spec = next
        granted.push(wish)
      }
    } catch (error) {
      wish.fail(error)
    }
  }
  return { granted, spec }
}
