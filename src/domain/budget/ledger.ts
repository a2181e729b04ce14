import type { LedgerSpec, Slot, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'

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

/** One write decides slot, rate and attempt together. A run that comes back for a later rung starts nothing anew. */
export function withSlot(ledger: LedgerSpec, slot: Slot, now: Instant): LedgerSpec {
  const known = ledger.starts.some(({ runUID }) => runUID === slot.runUID)
  const { runUID, runName, policyName, nodeName, nodeUID } = slot
  const start: Start = { runUID, runName, policyName, nodeName, nodeUID, startTime: rfc3339(now), attempt: true }
  return {
    ...ledger,
    slots: [...ledger.slots.filter((other) => other.runUID !== runUID), slot],
    starts: known ? reopened(ledger.starts, runUID) : [...recentStarts(ledger.starts, now), start],
  }
}

/** `attempted`: whether the run reached Cordoning. The end of the last slot is what the cool-down counts from. */
export function withoutSlot(
  ledger: LedgerSpec,
  runUID: string,
  given: { readonly now: Instant; readonly attempted: boolean },
): LedgerSpec {
  const ended = { endTime: rfc3339(given.now), attempt: given.attempted }
  return {
    ...ledger,
    slots: ledger.slots.filter((slot) => slot.runUID !== runUID),
    starts: ledger.starts.map((start) => (start.runUID === runUID ? { ...start, ...ended } : start)),
  }
}

/** Full: nothing may start, for what is not written down is forgotten by the next leader. */
export const isLedgerFull = (ledger: LedgerSpec, now: Instant): boolean =>
  recentStarts(ledger.starts, now).length >= startsMax

const recentStarts = (starts: readonly Start[], now: Instant): readonly Start[] =>
  starts.filter(({ startTime }) => now - (parseTime(startTime) ?? now) < startsKeptMs)

const reopened = (starts: readonly Start[], runUID: string): readonly Start[] =>
  starts.map((start) => {
    if (start.runUID !== runUID) return start
    const { endTime: _, ...open } = start
    return open
  })
