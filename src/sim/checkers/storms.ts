import { leaseName } from '../../api/rights.ts'
import { type Breaker, ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { guardKind } from '../../api/v1alpha1/remediation-guard.ts'
import { textAt } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { nameOf, uidOf } from '../world/fields.ts'
import { type Checker, runOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { FailedRuns } from './failed-runs.ts'
import { Latch } from './latch.ts'
import { Leases } from './leases.ts'
import { lagMaxMs } from './spec-history.ts'
import { clusterScope, figuresByScope } from './storm-figures.ts'
import { Symptoms } from './symptoms.ts'

/**
 * By the truth about nodes and runs alone: nothing starts while more nodes are ill than may be, while nodes of one domain have fallen
 * ill together, once treating has not helped or the ledger has come back as another, nor afterwards until a person has looked or,
 * after cooling, one canary at a time has been proven.
 */
export function stormsStopStarts(): Checker {
  const [symptoms, leases, failures] = [new Symptoms(), new Leases(), new FailedRuns()]
  const latches = new Latches()
  const memory = new LedgerMemory()
  const acknowledged = new Set<string>()
  return {
    invariant: 'I3',
    judge: (happening, truth) => {
      symptoms.take(happening, truth)
      leases.take(happening, truth)
      if (happening.kind !== 'Changed') return undefined
      const { change } = happening
      latches.acknowledge(newlyAcknowledged(acknowledged, truth))
      if (mayTurn(change)) latches.follow(symptoms, leases, truth)
      if (change.plural === runKind.plural) latches.noteCanary(change, truth)
      if (change.plural === ledgerKind.plural) latches.noteSlots(truth)
      for (const { policyName, message } of failures.take(happening, truth)) latches.of(policyName).trip(message, truth)
      if (memory.isReplacedBy(change, truth)) latches.of(clusterScope).trip('a ledger that came back as another', truth)
      for (const slot of newSlots(happening, truth)) {
        // Both are asked: it may be the canary of both.
        const complaints = [slot.policyName, clusterScope].map((scope) => latches.of(scope).start(slot, truth))
        const complaint = complaints.find((one) => one !== undefined)
        if (complaint !== undefined) return complaint
      }
      return undefined
    },
  }
}

/** A node changes; and the renewals of our own Lease are the ticks of a clock. */
const mayTurn = ({ plural, object }: Change): boolean =>
  plural === 'nodes' || (plural === 'leases' && nameOf(object) === leaseName)

/** What a person has acknowledged with this very write. */
function newlyAcknowledged(known: Set<string>, { guard, ledger }: Truth): readonly Breaker[] {
  const fresh = (guard?.acknowledgedTrips ?? []).filter((tripID) => !known.has(tripID))
  for (const tripID of fresh) known.add(tripID)
  return (ledger?.breakers ?? []).filter(({ tripID }) => fresh.includes(tripID))
}

/** By which UID the guard knows the ledger: kept where whoever loses the ledger does not lose it, too. */
class LedgerMemory {
  #known: { readonly uid: string; readonly since: Instant } | undefined

  /** With this very write, and for so long known by another UID that every reader of the guard must have heard of it. */
  isReplacedBy({ plural, type, object }: Change, { now }: Truth): boolean {
    if (plural === guardKind.plural) {
      if (type === 'DELETED') this.#known = undefined
      else this.#remember(textAt(object, 'status', 'ledgerUID'), now())
    }
    if (plural !== ledgerKind.plural || type !== 'ADDED' || this.#known === undefined) return false
    return uidOf(object) !== this.#known.uid && now() - this.#known.since > lagMaxMs
  }

  #remember(uid: string | undefined, now: Instant): void {
    if (uid !== undefined && uid !== this.#known?.uid) this.#known = { uid, since: now }
  }
}

/** One per policy, and one for the cluster. */
class Latches {
  readonly #byScope = new Map<string, Latch>()

  of(scope: string): Latch {
    const latch = this.#byScope.get(scope) ?? new Latch(scope === clusterScope ? 'the cluster' : scope)
    this.#byScope.set(scope, latch)
    return latch
  }

  follow(symptoms: Symptoms, leases: Leases, truth: Truth): void {
    const ledForMs = leases.heldForMs(truth.now())
    for (const [scope, figures] of figuresByScope(symptoms, truth)) this.of(scope).follow(figures, ledForMs, truth)
  }

  acknowledge(trips: readonly Breaker[]): void {
    for (const trip of trips) this.of(trip.scope).acknowledge(trip)
  }

  /** A canary that waits for people before its next rung has given its slot back, and has shown nothing. */
  noteSlots(truth: Truth): void {
    const held = new Set(truth.ledger?.slots.map(({ runUID }) => runUID))
    const waiting = truth.runs.filter(
      ({ metadata, status }) => status.step?.name === 'Approving' && !held.has(metadata.uid),
    )
    for (const { metadata } of waiting)
      for (const latch of this.#byScope.values()) latch.canaryEnded(metadata.uid, false, truth)
  }

  noteCanary({ object, type }: Change, truth: Truth): void {
    const { metadata, status } = runOf(object)
    const { name, outcome } = status.step ?? {}
    const isOver = name === 'Releasing' || name === 'Done' || name === 'Quarantined' || type === 'DELETED'
    if (!isOver) return
    const isProven = outcome === 'NodeRecovered' || outcome === 'NodeReplaced' || outcome === 'NodeRelieved'
    for (const latch of this.#byScope.values()) latch.canaryEnded(metadata.uid, isProven, truth)
  }
}
