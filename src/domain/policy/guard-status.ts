import { withTransition } from '../../api/conditions.ts'
import type { Breaker } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GuardSpec, RemediationGuard } from '../../api/v1alpha1/remediation-guard.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import { isAcknowledged } from '../budget/breaker.ts'
import { trippedFact } from '../budget/breaker-condition.ts'
import { shareInWords } from '../budget/excess.ts'
import type { ClusterFigures } from '../budget/figures.ts'
import type { LedgerSeen } from '../budget/ledger.ts'
import { isReplaced } from '../budget/upkeep.ts'

export interface GuardView {
  readonly now: Instant
  readonly guard: RemediationGuard
  readonly ledger: LedgerSeen
  readonly runs: readonly NodeRemediation[]
  readonly cluster: ClusterFigures
}

/** What the operator says of the cluster: which ledger holds the truth, how much of it is used, whether its breaker is closed. */
export function guardStatus(view: GuardView): JsonObject {
  const { guard, ledger, now, cluster } = view
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
    ...nodesOf(cluster, guard),
    gates: [],
  }
}

/** As last believed: while the list is in doubt, the number that it is told by stays. */
function nodesOf(cluster: ClusterFigures, { status }: RemediationGuard): { readonly nodes?: number } {
  if (cluster.kind === 'Known') return { nodes: cluster.share.selected }
  const nodes = cluster.before ?? status.nodes
  return nodes === undefined ? {} : { nodes }
}

/**
 * Which ledger holds the truth. Another one is remembered only once it bears the trip that its coming is: to delete the ledger must
 * never buy a remediation.
 */
function rememberedUID({ guard, ledger, runs }: GuardView): string | undefined {
  const known = guard.status.ledgerUID
  if (ledger.kind !== 'Known' || !isReplaced(ledger, known, runs)) return ledger.kind === 'Known' ? ledger.uid : known
  const bearsTrip = ledger.spec.breakers.some(({ scope, ledgerUID }) => scope === '' && ledgerUID === ledger.uid)
  return bearsTrip ? ledger.uid : known
}

type Fact = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

function ready({ spec, problem }: RemediationGuard): Fact {
  if (spec !== undefined)
    return { type: 'Ready', status: 'True', reason: 'GuardAccepted', message: 'the guard is valid' }
  const message = `nothing starts: ${problem ?? 'its spec cannot be read'}`.slice(0, 1_024)
  return { type: 'Ready', status: 'False', reason: 'GuardInvalid', message }
}

function breaker({ guard, ledger, cluster }: GuardView, ledgerUID: string | undefined): Fact {
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
    const message = `the ledger came back as ${ledger.uid}, and what was under way is forgotten: its trip is being written`
    return { type, status: 'False', reason: 'BreakerOpen', message }
  }
  return breakerFact(guard.spec, ledger.spec.breakers, cluster)
}

/** The breaker of the cluster, with the arithmetic. */
function breakerFact(spec: GuardSpec | undefined, breakers: readonly Breaker[], cluster: ClusterFigures): Fact {
  const trip = breakers.find(({ scope }) => scope === '')
  if (trip !== undefined && !isAcknowledged(trip, spec?.acknowledgedTrips ?? [])) return trippedFact(trip)
  if (cluster.kind === 'Doubtful')
    return { type: 'BreakerClosed', status: 'Unknown', reason: 'NodeListDoubtful', message: cluster.message }
  const message = shareInWords(cluster.share, spec?.maxUnhealthy ?? 0, { whose: 'the cluster', class: 'Fault' })
  return { type: 'BreakerClosed', status: 'True', reason: 'BreakerClosed', message }
}
