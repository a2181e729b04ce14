import type { Slot } from '../../api/v1alpha1/disruption-ledger.ts'
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

/** Somebody else has rewritten the books: what they said before nobody can know any more. */
export function areBooksForged(happening: Happening, { user }: Truth): boolean {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'disruptionledgers') return false
  const { object, previous, request } = happening.change
  return request.user !== user && !isEqual(object['spec'], previous?.['spec'])
}

/** The runs that have ever begun, by when their first slot was stored: what an operator forgets is still remembered here. */
export class Starts {
  readonly #starts = new Map<string, Start>()

  /** The runs that begin with this very write. */
  take(happening: Happening, truth: Truth): readonly Start[] {
    if (areBooksForged(happening, truth)) this.#starts.clear()
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
