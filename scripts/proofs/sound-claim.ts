import { type Signal, signalSchema } from '../../src/api/v1alpha1/signal.ts'
import { claimOf } from '../../src/domain/detect/claim.ts'
import { look } from '../../src/domain/detect/sources/look.fixture.ts'
import type { SourcesSeen } from '../../src/domain/detect/sources-seen.ts'
import { safeText } from '../../src/kernel/hostile-text.ts'

export const signalOf = (settings: object): Signal => signalSchema.parse({ name: 'fuzzed', ...settings })

/** What a signal says over such sources. Throws where it says what could not stand in an object, or what no `when` could read. */
export function soundClaim(signal: Signal, sources: Partial<SourcesSeen>): void {
  for (const stood of [false, true]) {
    const { state, message, value = 0 } = claimOf(signal, look({ stood }, sources))
    if (!['True', 'False', 'Unknown'].includes(state)) throw new Error(`it is ${state}`)
    if (message === '' || safeText(message, messageMax) !== message) throw new Error(`it says ${message}`)
    if (!Number.isFinite(value)) throw new Error(`it measures ${value}`)
  }
}

const messageMax = 512
