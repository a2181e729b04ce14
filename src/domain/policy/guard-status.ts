import { withTransition } from '../../api/conditions.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { RemediationGuard } from '../../api/v1alpha1/remediation-guard.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import type { LedgerSeen } from '../budget/ledger.ts'

export interface GuardView {
  readonly now: Instant
  readonly guard: RemediationGuard
  readonly ledger: LedgerSeen
  readonly runs: readonly NodeRemediation[]
}

/** What the operator says of the cluster: which ledger holds the truth, how much of it is used, whether its breaker is closed. */
export function guardStatus(view: GuardView): JsonObject {
  const { guard, ledger, now } = view
  const ledgerUID = rememberedUID(view)
  const { generation } = guard.metadata
  const facts = [ready(guard), breaker(view, ledgerUID)].map((fact) => ({
    ...withTransition({ ...fact, observedGeneration: generation }, guard.status.conditions, now),
  }))
  return {
    observedGeneration: generation,
    conditions: facts,
    ...(ledgerUID === undefined ? {} : { ledgerUID }),
    ...(ledger.kind === 'Known' ? { slots: ledger.spec.slots.length } : {}),
    gates: [],
  }
}

/** The trip of the cluster's breaker that a ledger under a new UID is. A person who has looked acknowledges it. */
export const ledgerTripID = (ledgerUID: string): string => `ledger-${ledgerUID}`

/** Stands for a ledger that nobody remembers, though runs are about that it should know: equals no UID. */
export const forgottenLedger = 'forgotten'

/**
 * The UID that was seen first counts until a person says otherwise: deleting the ledger must never buy a remediation. Without a
 * memory, a ledger that does not know the runs under way is not the one that started them.
 */
function rememberedUID({ guard, ledger, runs }: GuardView): string | undefined {
  const known = guard.status.ledgerUID
  if (ledger.kind !== 'Known' || known === ledger.uid) return known
  if (guard.spec?.acknowledgedTrips.includes(ledgerTripID(ledger.uid)) === true) return ledger.uid
  if (known !== undefined) return known
  const { starts } = ledger.spec
  const isStranger = runs.some(
    (run) =>
      isOpen(run) && run.status.startTime !== undefined && starts.every(({ runUID }) => runUID !== run.metadata.uid),
  )
  return isStranger ? forgottenLedger : ledger.uid
}

type Fact = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

function ready({ spec, problem }: RemediationGuard): Fact {
  if (spec !== undefined)
    return { type: 'Ready', status: 'True', reason: 'GuardAccepted', message: 'the guard is valid' }
  const message = `nothing starts: ${problem ?? 'its spec cannot be read'}`.slice(0, 1_024)
  return { type: 'Ready', status: 'False', reason: 'GuardInvalid', message }
}

function breaker({ guard, ledger }: GuardView, ledgerUID: string | undefined): Fact {
  const type = 'BreakerClosed'
  if (ledger.kind === 'Missing') {
    const message = 'there is no DisruptionLedger named cluster: nothing starts until it is installed again'
    return { type, status: 'Unknown', reason: 'LedgerMissing', message }
  }
  if (ledger.kind === 'Unavailable') {
    return {
      type,
      status: 'Unknown',
      reason: 'LedgerUnavailable',
      message: `the ledger cannot be read: ${ledger.message}`.slice(0, 1_024),
    }
  }
  if (ledgerUID !== ledger.uid) {
    const tripID = ledgerTripID(ledger.uid)
    const message = `the ledger came back under another UID, and what was under way is forgotten: trip ${tripID}, until it is acknowledged`
    return { type, status: 'False', reason: 'BreakerOpen', message }
  }
  const acknowledged = guard.spec?.acknowledgedTrips ?? []
  const trip = ledger.spec.breakers.find(({ scope, tripID }) => scope === '' && !acknowledged.includes(tripID))
  if (trip === undefined)
    return { type, status: 'True', reason: 'BreakerClosed', message: 'the breaker of the cluster is closed' }
  const reason =
    trip.state === 'Cooling' ? 'StormCoolingDown' : trip.state === 'HalfOpen' ? 'CanaryRunning' : 'BreakerOpen'
  return { type, status: 'False', reason, message: `trip ${trip.tripID} at ${trip.tripTime}: ${trip.message}` }
}
