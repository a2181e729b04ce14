import type { LedgerSpec } from '../../api/v1alpha1/disruption-ledger.ts'
import { isEqual } from '../../kernel/json.ts'

/**
 * Whether one version of the ledger follows another by claims alone: then it frees nobody who waits. In a storm nearly every change
 * is one, and waking whoever waits at each would cost as many looks as the square of the waiting.
 */
export function onlyTakes(before: LedgerSpec, after: LedgerSpec): boolean {
  const held = new Set(after.slots.map(({ runUID }) => runUID))
  return (
    before.slots.every(({ runUID }) => held.has(runUID)) &&
    before.starts.every((start, place) => isEqual(start, after.starts[place])) &&
    isEqual(before.breakers, after.breakers) &&
    isEqual(before.proven, after.proven)
  )
}
