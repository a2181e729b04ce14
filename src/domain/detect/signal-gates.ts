import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { unreachable } from '../../kernel/assert.ts'
import { rfc3339 } from '../../kernel/time.ts'
import { hold, pass } from '../budget/gates.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { Finding } from './diagnose.ts'
import { heldKey, isReArmed, type SignalSeen } from './hold.ts'
import type { SignalMemory } from './signal-memory.ts'

export interface SignalsView {
  readonly signals: readonly SignalSeen[]
  readonly finding: Finding
  readonly memory: SignalMemory
}

/** Unknown only where it matters: a signal that the other side of an `||` makes irrelevant holds nobody. */
export function signalFresh({ name }: Pick<PreparedPolicy, 'name'>, { finding, memory }: SignalsView): GateAnswer {
  const heldAgain = heldOf(finding).filter((seen) => isReArmed(memory, heldKey(name, seen.claim.name)))
  const { disturbance } = memory
  if (disturbance !== undefined && heldAgain.length > 0) {
    return hold('SignalFresh', disturbance.reason, {
      message: `${disturbance.message}: ${namesOf(heldAgain)} must hold all over again`,
      numbers: { disturbedMs: Math.round(disturbance.ms) },
      unblockedBy: 'every hold over again',
    })
  }
  if (finding.kind === 'Matched') return pass('SignalFresh', describeSignals(finding.signals))
  const [first, ...rest] = finding.kind === 'Unknown' ? finding.unknown : []
  if (first === undefined) return pass('SignalFresh', 'no diagnosis waits for an unknown signal')
  const others = rest.length === 0 ? '' : `; also ${namesOf(rest)}`
  const reason = first.claim.reason ?? 'SignalStale'
  return hold('SignalFresh', reason, {
    message: `${describeSignals([first])}${others}`,
    unblockedBy: unblocking[reason],
  })
}

const unblocking = {
  SignalStale: 'newer evidence',
  SignalMissing: 'the source reports it',
  SourceUnavailable: 'the source answers',
  BootGraceActive: 'the grace after the boot is over',
} as const

export function holdElapsed({ finding }: SignalsView): GateAnswer {
  if (finding.kind !== 'Matched') return { gate: 'HoldElapsed', result: 'NotReached' }
  const { held, signals } = finding
  if (held.length === 0) return pass('HoldElapsed', signals.map(describeElapsed).join('; '))
  const [longest] = held.toSorted((left, right) => right.leftMs - left.leftMs)
  return hold('HoldElapsed', 'HoldNotElapsed', {
    message: held.map(describeHeld).join('; '),
    numbers: { holdSeconds: longest?.signal.holdSeconds ?? 0 },
    unblockedBy: 'time, unless the signal clears',
  })
}

const describeElapsed = ({ claim, since, signal }: SignalSeen): string =>
  `${claim.name} True since ${rfc3339(since)}, hold ${signal.holdSeconds}s`

const describeHeld = ({ claim, signal, holdUntil }: SignalSeen): string =>
  `${claim.name} must stay True until ${rfc3339(holdUntil)} (hold ${signal.holdSeconds}s)`

export function diagnosed(
  policy: Pick<PreparedPolicy, 'name' | 'spec'>,
  { finding, signals }: SignalsView,
): GateAnswer {
  switch (finding.kind) {
    case 'Matched':
      return pass('Diagnosed', `${finding.diagnosis.name} (${finding.diagnosis.class}): ${finding.diagnosis.when}`)
    case 'Unknown': {
      const because =
        finding.unknown.length === 0
          ? (finding.because ?? 'a fact of the node is missing')
          : `${namesOf(finding.unknown)} is Unknown`
      const message = `${finding.diagnosis.name}: \`${finding.diagnosis.when}\` is Unknown: ${because}`
      return hold('Diagnosed', 'DiagnosisUnknown', { message, unblockedBy: 'those signals become known' })
    }
    case 'None':
      return noDiagnosis(policy, signals)
    default:
      return unreachable(finding)
  }
}

function noDiagnosis(
  { name, spec }: Pick<PreparedPolicy, 'name' | 'spec'>,
  signals: readonly SignalSeen[],
): GateAnswer {
  const standing = signals.filter(({ claim }) => claim.state === 'True')
  const tried = spec.diagnoses.map(({ when }) => `\`${when}\``).join(', ')
  const message =
    standing.length === 0
      ? `no signal of ${name} is True`
      : `${namesOf(standing)} is True, but no diagnosis of ${name} matches; tried ${tried}`
  return hold('Diagnosed', 'NoDiagnosis', {
    message,
    unblockedBy: 'a diagnosis for the signals that are True',
  })
}

const heldOf = (finding: Finding): readonly SignalSeen[] => (finding.kind === 'Matched' ? finding.held : [])

const namesOf = (signals: readonly SignalSeen[]): string => signals.map(({ claim }) => claim.name).join(', ')

export const describeSignals = (signals: readonly SignalSeen[]): string =>
  signals.map(({ claim }) => `${claim.name}: ${claim.message}`).join('; ')
