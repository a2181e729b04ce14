import type { ConditionStatus } from '../../api/core/node.ts'
import type { Diagnosis } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Instant } from '../../kernel/time.ts'
import { type CompiledWhen, judgeWhen, type WhenEvidence } from '../policy/cel.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'

/** What is known of one signal where a tree of diagnoses is explained. */
export interface SignalKnown {
  readonly name: string
  readonly state: ConditionStatus
  /** Why it is Unknown. */
  readonly reason?: string | undefined
  /** Until when it must go on being True. Undefined: its hold is over, or there is none. */
  readonly holdUntil?: Instant | undefined
}

export interface TreeSeen extends Pick<WhenEvidence, 'node' | 'values' | 'rates'> {
  readonly policy: PreparedPolicy
  readonly signals: readonly SignalKnown[]
  /** What the operator itself says: it knows numbers that stand in no object. Undefined: what follows from the signals. */
  readonly taken?: string | undefined
}

/**
 * Taken: this is the diagnosis. Held: it matches, and a hold still runs. Behind: it matches, and an earlier one counts. Unmatched
 * and Unknown: it does not, or nobody knows. Unread: its `when` cannot be read.
 */
export type BranchOutcome = 'Taken' | 'Held' | 'Behind' | 'Unmatched' | 'Unknown' | 'Unread'

/** One signal that would have to be otherwise. */
export interface SignalTurn {
  readonly signal: string
  readonly to: ConditionStatus
}

export interface Branch {
  readonly diagnosis: string
  readonly class: Diagnosis['class']
  readonly when: string
  readonly truth: ConditionStatus
  readonly outcome: BranchOutcome
  /** The signals that it reads, as they stand. */
  readonly signals: readonly SignalKnown[]
  /** The numbers that it reads, as in `value.memoryShort`. */
  readonly numbers: readonly string[]
  /** Why it is Unknown although its signals are known: a number or a label that is missing. */
  readonly because: string | undefined
  /**
   * The smallest changes of signals after which it would match, or, of the one that is taken, would not: each alone suffices. One
   * signal each where that is enough, else two; none: no two signals would do it.
   */
  readonly changes: readonly (readonly SignalTurn[])[]
}

/** The ordered tree of one policy: which branch was taken, why the others were not, and what would have changed that. */
export function explainBranches(seen: TreeSeen): readonly Branch[] {
  const judged = seen.policy.spec.diagnoses.map((diagnosis) => judge(seen, diagnosis))
  const matching = judged.filter(({ truth }) => truth === 'True')
  const first = matching.find(({ signals }) => !signals.some(isHeld)) ?? matching[0]
  const taken = seen.taken ?? first?.diagnosis
  return judged.map((branch) => ({ ...branch, outcome: outcomeOf(branch, taken) }))
}

type Judged = Omit<Branch, 'outcome'> & { readonly isRead: boolean }

function judge(seen: TreeSeen, { name, class: kind, when: source }: Diagnosis): Judged {
  const head = { diagnosis: name, class: kind, when: source }
  const when = seen.policy.whens.get(name)
  if (when === undefined)
    return {
      ...head,
      isRead: false,
      truth: 'Unknown',
      signals: [],
      numbers: [],
      because: 'it cannot be read',
      changes: [],
    }
  const signals = seen.signals.filter((signal) => when.signalNames.includes(signal.name))
  const { truth, because } = judgeWhen(when, evidenceOf(seen))
  const changes = smallestChanges(when, seen, truth === 'True' || seen.taken === name ? 'Away' : 'Towards')
  const numbers = [...when.valuesOf.map((one) => `value.${one}`), ...when.ratesOf.map((one) => `rate.${one}`)]
  return { ...head, isRead: true, truth, signals, numbers, because, changes }
}

function outcomeOf({ diagnosis, truth, signals, isRead }: Judged, taken: string | undefined): BranchOutcome {
  if (!isRead) return 'Unread'
  if (diagnosis === taken) return 'Taken'
  if (truth === 'False') return 'Unmatched'
  if (truth === 'Unknown') return 'Unknown'
  return signals.some(isHeld) ? 'Held' : 'Behind'
}

const isHeld = ({ state, holdUntil }: SignalKnown): boolean => state === 'True' && holdUntil !== undefined

const evidenceOf = ({ signals, node, values, rates }: TreeSeen, turned: readonly SignalTurn[] = []): WhenEvidence => ({
  signals: Object.fromEntries([
    ...signals.map(({ name, state }) => [name, state] as const),
    ...turned.map(({ signal, to }) => [signal, to] as const),
  ]),
  ...(values === undefined ? {} : { values }),
  ...(rates === undefined ? {} : { rates }),
  node,
})

function smallestChanges(when: CompiledWhen, seen: TreeSeen, way: 'Towards' | 'Away'): Branch['changes'] {
  const turns = seen.signals
    .filter(({ name }) => when.signalNames.includes(name))
    .flatMap(({ name, state }) => otherStates(state).map((to) => ({ signal: name, to })))
  const changed = (some: readonly SignalTurn[]): boolean =>
    (judgeWhen(when, evidenceOf(seen, some)).truth === 'True') === (way === 'Towards')
  const single = turns.filter((turn) => changed([turn]))
  if (single.length > 0) return single.map((turn) => [turn])
  return turns.flatMap((one, index) =>
    turns
      .slice(index + 1)
      .filter((other) => other.signal !== one.signal && changed([one, other]))
      .map((other) => [one, other]),
  )
}

/** Nobody can wish for an Unknown. */
const otherStates = (state: ConditionStatus): readonly ConditionStatus[] =>
  (['True', 'False'] as const).filter((other) => other !== state)
