import { type Breaker, type LedgerSpec, ledgerKind, type Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { Change } from '../api-server/api-request.ts'
import { type Checker, ledgerOf, runOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { Spans } from './spans.ts'

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

/**
 * Under a trip nobody goes further, either: no run begins to treat, on its first rung or on a higher one, while the ledger lists a
 * trip of its policy or of the cluster that nobody has acknowledged.
 */
export function trippedMeansNoTreatment(): Checker {
  const trips = new Spans()
  let begun: NodeRemediation | undefined
  return {
    invariant: 'I3',
    judge: (happening, truth) => {
      if (happening.kind === 'Changed') {
        begun = begunTreatment(happening.change) ?? begun
        noteTrips(trips, happening.change, truth)
      }
      const run = begun
      if (happening.kind !== 'Served' || run === undefined) return undefined
      const { request, sentAt } = happening.served
      if (!request.path.endsWith(`/${runKind.plural}/${run.metadata.name}/status`)) return undefined
      begun = undefined
      const breaker = standingTrips(run, truth).find((one) => trips.stoodThroughout('ledger', idOf(one), sentAt))
      return breaker && `${run.metadata.name} began to treat under trip ${breaker.tripID}, which was ${breaker.state}`
    },
  }
}

const idOf = ({ scope, tripID }: Breaker): string => `${scope}/${tripID}`

/** By this very write. What goes on from stage to stage is no beginning. */
function begunTreatment({ plural, object, previous, type }: Change): NodeRemediation | undefined {
  if (plural !== runKind.plural || type === 'DELETED' || previous === undefined) return undefined
  const [before, run] = [runOf(previous), runOf(object)]
  return run.status.step?.name === 'Treating' && before.status.step?.name !== 'Treating' ? run : undefined
}

/** A half-open one lets its canary treat. */
function noteTrips(trips: Spans, { plural, object, type }: Change, { now }: Truth): void {
  if (plural !== ledgerKind.plural) return
  const ledger = type === 'DELETED' ? undefined : ledgerOf(object)
  const open = (ledger?.breakers ?? []).filter(({ state }) => state === 'Open' || state === 'Cooling')
  trips.become('ledger', open.map(idOf), now())
}

function standingTrips({ spec }: NodeRemediation, { guard, ledger }: Truth): readonly Breaker[] {
  const acknowledged = guard?.acknowledgedTrips ?? []
  return (ledger?.breakers ?? []).filter(
    ({ scope, tripID }) => (scope === '' || scope === spec?.policyName) && !acknowledged.includes(tripID),
  )
}
