import { pollSeconds } from '../../../api/pacing.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { safeText } from '../../../kernel/hostile-text.ts'
import { rfc3339, seconds } from '../../../kernel/time.ts'
import { andCheck, instantOf } from './clearing-check.ts'
import { type Claim, type ClearedAnswer, type Clearing, type Look, type SourceRules, staleInMs } from './source.ts'

type LeaseSignal = SignalOf<'lease'>

/** Three looks of ten seconds. */
export const leaseFreshnessSeconds = 30

/** The Lease of the kubelet, judged by whether it moves: whose clock wrote the time in it nobody knows. */
export const leaseSource: SourceRules<'lease'> = {
  freshnessSeconds: leaseFreshnessSeconds,
  // A kubelet renews its lease as soon as it runs, and a dead one may be as young as it likes.
  bootGraceSeconds: 0,
  claim,
  // Who looks at the leases tells whom a look concerns, and everybody when no look succeeds any more.
  changesInMs: ({ freshnessSeconds }, { sources: { lease }, mono }) =>
    freshnessSeconds === undefined || lease.kind === 'Unavailable'
      ? undefined
      : staleInMs(seconds(freshnessSeconds), mono - lease.lookedAtMono, seconds(pollSeconds.lease)),
  cleared,
}

function claim({ lease, freshnessSeconds = leaseFreshnessSeconds }: LeaseSignal, look: Look): Claim {
  const { lease: seen } = look.sources
  if (seen.kind === 'Unavailable') return { state: 'Unknown', reason: 'SourceUnavailable', message: seen.message }
  const { lookedAtMono: sampledAt, stillSinceMono, movedAtMono } = seen
  if (look.mono - sampledAt > seconds(freshnessSeconds)) {
    const message = `leases were last read at ${rfc3339(instantOf(sampledAt, look))}, limit ${freshnessSeconds}s`
    return { state: 'Unknown', reason: 'SignalStale', message }
  }
  if (stillSinceMono === undefined) return { state: 'Unknown', reason: 'SignalMissing', message: 'there is no Lease' }
  if (sampledAt - stillSinceMono >= seconds(lease.silentSeconds)) {
    const message = safeText(`the Lease has not moved for ${lease.silentSeconds}s; it says ${seen.renewTime}`)
    return { state: 'True', message, sampledAt }
  }
  // What was seen standing from the first look on may have stood for an hour.
  if (movedAtMono === stillSinceMono) return { state: 'False', message: 'the Lease is renewed', sampledAt }
  const message = 'the Lease has not been seen to move yet'
  return { state: 'Unknown', reason: 'SignalMissing', message, sampledAt }
}

function cleared(signal: LeaseSignal, seen: Clearing): ClearedAnswer {
  const answer = claim(signal, seen)
  const { lease } = seen.sources
  if (answer.state !== 'False' || lease.kind === 'Unavailable' || lease.movedAtMono === undefined)
    return { cleared: false, message: answer.message }
  const movedAt = instantOf(lease.movedAtMono, seen)
  return andCheck(signal, seen, {
    cleared: movedAt > seen.treatedAt,
    message: `the Lease was seen to be renewed at ${rfc3339(movedAt)}`,
  })
}
