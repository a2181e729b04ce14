import type { Breaker } from '../../api/v1alpha1/disruption-ledger.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'

/** The condition `BreakerClosed` of an object whose own breaker has tripped. */
export function trippedFact({
  state,
  tripID,
  tripTime,
  message,
  coolingSince,
  canaryRunUID,
}: Breaker): Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  const trip = `trip ${tripID} at ${tripTime}: ${message}`
  const fact = { type: 'BreakerClosed', status: 'False' } as const
  switch (state) {
    case 'Cooling':
      return { ...fact, reason: 'StormCoolingDown', message: `${trip}; cools since ${coolingSince ?? 'now'}` }
    case 'HalfOpen': {
      const canary = canaryRunUID === undefined ? 'one canary may start' : `its canary is ${canaryRunUID}`
      return { ...fact, reason: 'CanaryRunning', message: `${trip}; half open: ${canary}` }
    }
    default:
      return { ...fact, reason: 'BreakerOpen', message: trip }
  }
}
