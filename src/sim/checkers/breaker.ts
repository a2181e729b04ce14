import type { Breaker, LedgerSpec, Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { type Checker, ledgerOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'

/** Nothing starts while the ledger lists a trip that nobody has acknowledged, but the one canary of a half-open breaker. */
export const trippedMeansStopped: Checker = {
  invariant: 'I3',
  judge: (happening, truth) => {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'disruptionledgers') return undefined
    const ledger = ledgerOf(happening.change.object)
    for (const slot of newSlots(happening, truth)) {
      const complaint = ledger && startedUnderTrip(slot, ledger, truth)
      if (complaint !== undefined) return complaint
    }
    return undefined
  },
}

function startedUnderTrip(slot: Slot, ledger: LedgerSpec, truth: Truth): string | undefined {
  // A run that was under way claims its slot again: that starts nothing.
  if (truth.runByUID(slot.runUID)?.status.step?.attempted === true) return undefined
  const acknowledged = truth.guard?.acknowledgedTrips ?? []
  const breaker = ledger.breakers.find(
    ({ scope, tripID }) => (scope === '' || scope === slot.policyName) && !acknowledged.includes(tripID),
  )
  if (breaker === undefined || isCanary(slot, breaker)) return undefined
  const whose = breaker.scope === '' ? 'the cluster' : breaker.scope
  return `${slot.nodeName} was begun while trip ${breaker.tripID} of ${whose} was ${breaker.state}`
}

const isCanary = ({ runUID }: Slot, { state, canaryRunUID }: Breaker): boolean =>
  state === 'HalfOpen' && canaryRunUID === runUID
