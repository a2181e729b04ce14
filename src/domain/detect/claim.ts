import type { Signal } from '../../api/v1alpha1/signal.ts'
import { rfc3339 } from '../../kernel/time.ts'
import type { SignalClaim } from './evidence.ts'
import { passesHealthCheck } from './health-check.ts'
import type { ClearedAnswer, Clearing, Look } from './sources/source.ts'
import { rulesOf } from './sources/sources.ts'

/** What one signal says of one node at this moment, before any hold. */
export function claimOf(signal: Signal, look: Look): SignalClaim {
  const { name } = signal
  const claim = rulesOf(signal)?.claim(signal, look)
  if (claim === undefined) return { name, state: 'Unknown', reason: 'SourceUnavailable', message: notAvailable }
  return { name, reason: undefined, ...claim }
}

/** Milliseconds until time alone changes what a signal says. */
export const changesInMs = (signal: Signal, look: Look): number | undefined =>
  rulesOf(signal)?.changesInMs(signal, look)

export interface SignalCleared {
  readonly signal: string
  readonly cleared: boolean
  /** The rule, its newest evidence and the time of the treatment. */
  readonly message: string
}

/** Each kind of signal has its rule; a stale truth looks exactly like a fresh one, so what is older than the treatment is none. */
export function clearedOf(signal: Signal, seen: Clearing): SignalCleared {
  const { cleared, message } = answerOf(signal, seen)
  return { signal: signal.name, cleared, message: `${message}; treated at ${rfc3339(seen.treatedAt)}` }
}

function answerOf(signal: Signal, seen: Clearing): ClearedAnswer {
  const { alert, clearedWhen } = signal
  // An alert has to be silent as well: its own rule asks for the check.
  if (alert === undefined && clearedWhen !== undefined) return passesHealthCheck(clearedWhen.healthCheck, seen)
  return rulesOf(signal)?.cleared(signal, seen) ?? { cleared: false, message: notAvailable }
}

const notAvailable = 'its source is not available in this version'
