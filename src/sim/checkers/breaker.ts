import type { Breaker, LedgerSpec, Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { nameOf } from '../world/fields.ts'
import { type Checker, type Happening, ledgerOf, runOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { Leases } from './leases.ts'
import { lagMaxMs } from './spec-history.ts'
import { Symptoms, signalsOf } from './symptoms.ts'

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
 * By the truth about the nodes alone: nothing starts while more of them are ill than the policy allows, nor afterwards until a person
 * has looked or, after cooling, one canary at a time has been proven.
 */
export function stormsStopStarts(): Checker {
  const symptoms = new Symptoms()
  const leases = new Leases()
  const latches = new Map<string, Latch>()
  let acknowledged = 0
  return {
    invariant: 'I3',
    judge: (happening, truth) => {
      symptoms.take(happening, truth)
      leases.take(happening, truth)
      if (happening.kind !== 'Changed') return undefined
      const { plural } = happening.change
      const trips = truth.guard?.acknowledgedTrips.length ?? 0
      if (trips > acknowledged) latches.clear()
      acknowledged = trips
      if (plural === 'nodes' || plural === 'leases') follow({ latches, symptoms, leases }, truth)
      if (plural === runKind.plural) noteCanary(latches, happening)
      for (const slot of newSlots(happening, truth)) {
        const complaint = latches.get(slot.policyName)?.start(slot, truth)
        if (complaint !== undefined) return complaint
      }
      return undefined
    },
  }
}

interface Watching {
  readonly latches: Map<string, Latch>
  readonly symptoms: Symptoms
  readonly leases: Leases
}

function follow({ latches, symptoms, leases }: Watching, truth: Truth): void {
  for (const stored of truth.world.objects.all('noderemediationpolicies.prunella.dev')) {
    const name = nameOf(stored)
    const policy = truth.policy(name)
    if (policy === undefined) continue
    const latch = latches.get(name) ?? new Latch(name)
    latches.set(name, latch)
    latch.follow(shareOf(policy, symptoms, truth), leases.heldForMs(truth.now()), truth)
  }
}

interface Share {
  readonly sick: number
  readonly most: number
}

/** A node is ill whose trouble has lasted for its whole hold. */
function shareOf(policy: PolicySpec, symptoms: Symptoms, truth: Truth): Share {
  const selected = truth.selectedBy(policy)
  const signals = signalsOf(policy, 'Fault')
  const sick = selected.filter((node) =>
    signals.some((signal) => {
      const since = symptoms.since(node, signal, truth.now())
      return since !== undefined && truth.now() - since >= seconds(signal.holdSeconds)
    }),
  ).length
  return { sick, most: resolveIntOrPercent(policy.limits.maxUnhealthy, selected.length) ?? 0 }
}

/** What the breaker of one policy ought to be, by what was visible for long enough to one leader. */
class Latch {
  readonly #policyName: string
  #aboveSince: Instant | undefined
  #belowSince: Instant | undefined
  #isTripped = false
  #share: Share = { sick: 0, most: 0 }
  #canary: string | undefined

  constructor(policyName: string) {
    this.#policyName = policyName
  }

  follow(share: Share, ledForMs: number, { now }: Truth): void {
    this.#share = share
    if (share.sick <= share.most) {
      this.#aboveSince = undefined
      this.#belowSince ??= now()
      return
    }
    this.#belowSince = undefined
    this.#aboveSince ??= now()
    const visibleMs = Math.min(now() - this.#aboveSince, ledForMs)
    if (visibleMs > lagMaxMs) this.#isTripped = true
  }

  /** Who was under way when it tripped may claim again. */
  start({ runUID, nodeName }: Slot, truth: Truth): string | undefined {
    if (!this.#isTripped || truth.runByUID(runUID)?.status.step?.attempted === true) return undefined
    const { sick, most } = this.#share
    if (this.#belowSince === undefined)
      return `${nodeName} was begun with ${sick} sick nodes, ${this.#policyName} allows ${most}`
    const coolingMs = seconds(truth.guard?.coolingSeconds ?? 0)
    const cooledMs = truth.now() - this.#belowSince
    if (cooledMs * 20 < coolingMs * 19) return `${nodeName} was begun after ${cooledMs} ms of cooling, not ${coolingMs}`
    if (this.#canary !== undefined) return `${nodeName} was begun while the canary ${this.#canary} was unproven`
    this.#canary = runUID
    return undefined
  }

  /** Proven: closed. Failed: open again, and it cools anew. */
  canaryEnded(runUID: string, isProven: boolean): void {
    if (this.#canary !== runUID) return
    this.#canary = undefined
    if (isProven) this.#isTripped = false
    else this.#belowSince = undefined
  }
}

function noteCanary(latches: ReadonlyMap<string, Latch>, happening: Happening): void {
  if (happening.kind !== 'Changed') return
  const { metadata, status } = runOf(happening.change.object)
  const { name, outcome } = status.step ?? {}
  const isOver =
    name === 'Releasing' || name === 'Done' || name === 'Quarantined' || happening.change.type === 'DELETED'
  if (!isOver) return
  const isProven = outcome === 'NodeRecovered' || outcome === 'NodeReplaced' || outcome === 'NodeRelieved'
  for (const latch of latches.values()) latch.canaryEnded(metadata.uid, isProven)
}
