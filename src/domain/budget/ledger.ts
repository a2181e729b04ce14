import type { Breaker, LedgerSpec, Slot, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'
import { withProven } from './canary.ts'

/** What a live read of the ledger gave. Missing and unreadable are not the same, and neither is an empty one. */
export type LedgerSeen =
  | { readonly kind: 'Known'; readonly uid: string; readonly resourceVersion: string; readonly spec: LedgerSpec }
  | { readonly kind: 'Missing' }
  | { readonly kind: 'Unavailable'; readonly message: string }

/** Starts older than this decide nothing any more: the longest window of a policy is 30 days, and the list is bounded. */
const startsKeptMs = 30 * 86_400_000
const startsMax = 1_000

export const slotOf = (ledger: LedgerSpec, runUID: string): Slot | undefined =>
  ledger.slots.find((slot) => slot.runUID === runUID)

export const holdsSlot = (seen: LedgerSeen, runUID: string): boolean =>
  seen.kind === 'Known' && slotOf(seen.spec, runUID) !== undefined

interface Times {
  /** What is stamped. */
  readonly now: Instant
  /** What the past is measured by: a clock that is set forward must not make the ledger forget. */
  readonly nowAtLeast: Instant
}

/**
 * One write decides slot, rate, attempt and canary together. A run that comes back for a later rung starts nothing anew, and a
 * slot that is held keeps the domains that it was claimed with, whatever has become of the node's labels.
 */
export function withSlot(ledger: LedgerSpec, slot: Slot, times: Times): LedgerSpec {
  const known = ledger.starts.some(({ runUID }) => runUID === slot.runUID)
  const { runUID } = slot
  const held = slotOf(ledger, runUID) ?? slot
  return {
    ...ledger,
    slots: [...ledger.slots.filter((other) => other.runUID !== runUID), held],
    starts: known ? reopened(ledger.starts, runUID) : withStart(ledger, slot, times).starts,
    breakers: ledger.breakers.map((breaker) => triedBy(slot, breaker)),
  }
}

type Starter = Pick<Start, 'runUID' | 'runName' | 'policyName' | 'nodeName' | 'nodeUID'>

/** A run that the ledger does not know yet, or knows no more. */
export function withStart(ledger: LedgerSpec, starter: Starter, { now, nowAtLeast }: Times): LedgerSpec {
  const { runUID, runName, policyName, nodeName, nodeUID } = starter
  const start: Start = { runUID, runName, policyName, nodeName, nodeUID, startTime: rfc3339(now), attempt: true }
  return { ...ledger, starts: [...recentStarts(ledger.starts, nowAtLeast), start] }
}

/** Whether the run has its slot for the round it is in: one that it kept from the round before was claimed for that one alone. */
export const hasClaimed = (seen: LedgerSeen, runUID: string, retries: number): boolean =>
  seen.kind === 'Known' &&
  slotOf(seen.spec, runUID) !== undefined &&
  (seen.spec.starts.find((start) => start.runUID === runUID)?.retries ?? 0) >= retries

/** Every return to the first rung is one attempt more, and outlives the run as the first one does. */
export const withRetries = (ledger: LedgerSpec, runUID: string, retries: number): LedgerSpec =>
  retries === 0
    ? ledger
    : { ...ledger, starts: ledger.starts.map((start) => (start.runUID === runUID ? { ...start, retries } : start)) }

/** A half-open breaker is tried out by the first run that claims under it: one write makes it the canary, and the only one. */
const triedBy = ({ runUID, policyName }: Slot, breaker: Breaker): Breaker =>
  needsCanary(breaker, policyName) ? { ...breaker, canaryRunUID: runUID } : breaker

export const needsCanary = ({ state, scope, canaryRunUID }: Breaker, policyName: string): boolean =>
  state === 'HalfOpen' && canaryRunUID === undefined && (scope === '' || scope === policyName)

/** How a run gave its slot back. */
export interface GivenBack {
  readonly now: Instant
  /** Whether the run reached Cordoning. */
  readonly attempted: boolean
  /** Undefined: it treated nothing, or people ended it. */
  readonly verdict?: Start['verdict']
  /** Name of its diagnosis. */
  readonly diagnosis: string
}

/** The cool-down counts from this end. */
export function withoutSlot(ledger: LedgerSpec, runUID: string, given: GivenBack): LedgerSpec {
  const { now, attempted, verdict, diagnosis } = given
  const judged = verdict === undefined ? {} : { verdict, verdictTime: rfc3339(now) }
  const ended = { endTime: rfc3339(now), attempt: attempted, ...judged }
  const slot = slotOf(ledger, runUID)
  const { plan, policyName } = slot ?? {}
  const isProof = verdict === 'Helped' && plan !== undefined && policyName !== undefined
  return {
    ...ledger,
    slots: ledger.slots.filter((other) => other.runUID !== runUID),
    starts: ledger.starts.map((start) => (start.runUID === runUID ? { ...start, ...ended } : start)),
    proven: isProof ? withProven(ledger.proven, { plan, policyName, diagnosis }, now) : ledger.proven,
  }
}

/** Full: nothing may start, for what is not written down is forgotten by the next leader. */
export const isLedgerFull = (ledger: LedgerSpec, nowAtLeast: Instant): boolean =>
  recentStarts(ledger.starts, nowAtLeast).length >= startsMax

/** Counted from the end, as the cool-down is: a run may have waited for people longer than any window. */
const recentStarts = (starts: readonly Start[], nowAtLeast: Instant): readonly Start[] =>
  starts.filter(
    ({ startTime, endTime }) => nowAtLeast - (parseTime(endTime) ?? parseTime(startTime) ?? nowAtLeast) < startsKeptMs,
  )

const reopened = (starts: readonly Start[], runUID: string): readonly Start[] =>
  starts.map((start) => {
    if (start.runUID !== runUID) return start
    const { endTime: _, verdict: __, verdictTime: ___, ...open } = start
    return open
  })
