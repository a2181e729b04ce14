import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { WhenEvidence } from '../policy/cel.ts'
import type { SignalClaim } from './evidence.ts'

interface Claimed {
  readonly signal: Signal
  readonly claim: SignalClaim
}

/** What the signals of one node say and have measured, as `when` reads them. */
export function measuredBy(claimed: readonly Claimed[]): Omit<WhenEvidence, 'node'> {
  const signals: Record<string, SignalClaim['state']> = {}
  const values: Record<string, number> = {}
  const rates: Record<string, number> = {}
  for (const { signal, claim } of claimed) {
    signals[claim.name] = claim.state
    if (claim.value === undefined || !Number.isFinite(claim.value)) continue
    values[claim.name] = claim.value
    const window = windowSecondsOf(signal)
    if (window !== undefined) rates[claim.name] = claim.value / window
  }
  return { signals, values, rates }
}

/** The window in which a source counts. Undefined: it does not count, so there is nothing per second. */
const windowSecondsOf = ({ evictionStorm, nodeEvent, reboots }: Signal): number | undefined =>
  (evictionStorm ?? nodeEvent ?? reboots)?.windowSeconds
