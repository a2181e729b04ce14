import type { JsonObject } from '../../../src/kernel/json.ts'
import { textAt } from '../../../src/kernel/json.ts'
import type { Check } from '../../scenario/verdict.ts'
import type { Fault } from './fault.ts'

/** When a fault was seen. Milliseconds since 1970; undefined: it was not. */
export interface Outcome {
  readonly fault: Pick<Fault, 'name' | 'injected' | 'evidence' | 'diagnosis' | 'limitSeconds'>
  /** The signal in words: `KernelDeadlock`. */
  readonly signal: string
  /** When it was begun: to fill a disk takes a while itself. */
  readonly injectedAt: number
  readonly signalAt: number | undefined
  readonly diagnosisAt: number | undefined
  /** Why it was not seen. */
  readonly problem?: string
}

/** `kernel-deadlock  containerd hangs → KernelDeadlock +0.41 s → kernel-hang +0.62 s`. */
export function lineOf({ fault, signal, injectedAt, signalAt, diagnosisAt, problem }: Outcome): string {
  const after = (at: number | undefined): string =>
    at === undefined ? 'never' : `+${((at - injectedAt) / 1_000).toFixed(2)} s`
  const steps = [
    `${fault.injected} (${fault.evidence.toLowerCase()})`,
    `${signal} ${after(signalAt)}`,
    `${fault.diagnosis} ${after(diagnosisAt)}`,
  ]
  return steps.join(' → ') + (problem === undefined ? '' : `: ${problem}`)
}

export function outcomeCheck(outcome: Outcome): Check {
  const { fault, injectedAt, signalAt, diagnosisAt } = outcome
  return {
    sentence: `${fault.name} within ${fault.limitSeconds} s`,
    holds:
      signalAt !== undefined && diagnosisAt !== undefined && diagnosisAt - injectedAt <= fault.limitSeconds * 1_000,
    seen: lineOf(outcome),
  }
}

/** How long the diagnoses of one road took, in the table of all stories. */
export function slowestCheck(road: string, limitSeconds: number, outcomes: readonly Outcome[]): Check {
  const took = outcomes.flatMap(({ injectedAt, diagnosisAt }) =>
    diagnosisAt === undefined ? [] : [(diagnosisAt - injectedAt) / 1_000],
  )
  const slowest = Math.max(0, ...took)
  return {
    sentence: `${road}: diagnosis within ${limitSeconds} s`,
    headline: true,
    holds: took.length > 0 && took.length === outcomes.length && slowest <= limitSeconds,
    seen: `${took.length} of ${outcomes.length} seen, the slowest after ${slowest.toFixed(2)} s`,
  }
}

/** Faults that a node was ever said to have, as `node: diagnosis`. */
export const accusationsIn = (healths: readonly JsonObject[]): ReadonlySet<string> =>
  new Set(
    healths.flatMap((health) => {
      const diagnosis = textAt(health, 'status', 'diagnosis', 'name')
      return diagnosis === undefined ? [] : [`${textAt(health, 'metadata', 'name')}: ${diagnosis}`]
    }),
  )

/** Nobody is accused of what another node has, and nobody of more than it has. */
export function accusationCheck(seen: ReadonlySet<string>, outcomes: readonly Outcome[]): Check {
  const told = new Set(outcomes.map(({ fault }) => `${fault.name}: ${fault.diagnosis}`))
  const wrong = [...seen].filter((each) => !told.has(each))
  return {
    sentence: `no other diagnosis was made of any node`,
    holds: wrong.length === 0,
    seen: wrong.join(', ') || `${seen.size} of ${told.size}`,
  }
}
