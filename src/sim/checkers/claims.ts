import type { LedgerSpec, Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { isEqual } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import { type Happening, ledgerOf, type Truth } from './checker.ts'

/** Slots that the operator has taken with this very write. What people write into the ledger is no claim. */
export function newSlots(happening: Happening, { user }: Truth): readonly Slot[] {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'disruptionledgers') return []
  const { object, previous, type, request } = happening.change
  if (type === 'DELETED' || request.user !== user) return []
  const before = new Set((previous && ledgerOf(previous)?.slots)?.map(({ runUID }) => runUID))
  return (ledgerOf(object)?.slots ?? []).filter(({ runUID }) => !before.has(runUID))
}

/** What the books say of runs, as far as other people leave them alone: what they take out nobody can know any more. */
export class Books {
  /** As it was deleted. */
  #lost: LedgerSpec | undefined

  /** UIDs of runs of whose start the books say something else, or nothing, since this very write of somebody else. */
  take(happening: Happening, { user }: Truth): ReadonlySet<string> {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'disruptionledgers') return new Set()
    const { object, previous, type, request } = happening.change
    if (type === 'DELETED') {
      this.#lost = ledgerOf(object)
      return new Set()
    }
    const before = type === 'ADDED' ? this.#lost : previous && ledgerOf(previous)
    if (request.user === user || before === undefined) return new Set()
    const now = new Map(ledgerOf(object)?.starts.map((start) => [start.runUID, start]))
    const gone = before.starts.filter((start) => !isEqual({ ...start }, { ...now.get(start.runUID) }))
    return new Set(gone.map(({ runUID }) => runUID))
  }
}

/** The runs that have ever begun, by when their first slot was stored: what an operator forgets is still remembered here. */
export class Starts {
  readonly #starts = new Map<string, Start>()
  readonly #books = new Books()

  /** The runs that begin with this very write. */
  take(happening: Happening, truth: Truth): readonly Start[] {
    for (const runUID of this.#books.take(happening, truth)) this.#starts.delete(runUID)
    return newSlots(happening, truth)
      .filter(({ runUID }) => !this.#starts.has(runUID))
      .map((slot) => {
        const start = { slot, at: truth.now() }
        this.#starts.set(slot.runUID, start)
        return start
      })
  }

  get all(): readonly Start[] {
    return [...this.#starts.values()]
  }

  of(runUID: string): Start | undefined {
    return this.#starts.get(runUID)
  }
}

export interface Start {
  readonly slot: Slot
  readonly at: Instant
}
