import type { DisruptionLedger } from '../api/v1alpha1/disruption-ledger.ts'
import { onlyTakes } from '../domain/budget/only-takes.ts'
import type { Change } from '../runtime/cache.ts'

/** Whether somebody who waits may be free now: a ledger that is another one, or says less. */
export const mayFree = ({ old, new: now }: Change<DisruptionLedger>): boolean =>
  old?.spec === undefined ||
  now?.spec === undefined ||
  old.metadata.uid !== now.metadata.uid ||
  !onlyTakes(old.spec, now.spec)

interface Watched {
  readonly onChange: (handler: (change: Change<DisruptionLedger>) => void) => void
}

/** Tells of such changes only. */
export const thatMayFree = (ledgers: Watched): Watched => ({
  onChange: (handler) =>
    ledgers.onChange((change) => {
      if (mayFree(change)) handler(change)
    }),
})
