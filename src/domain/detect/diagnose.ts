import type { ConditionStatus } from '../../api/core/node.ts'
import type { Diagnosis } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type CompiledWhen, judgeWhen, type NodeFacts } from '../policy/cel.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { SignalSeen } from './hold.ts'
import { measuredBy } from './measured.ts'

/** What the signals of one policy amount to. */
export type Finding =
  /** The first diagnosis whose holds have elapsed; where none has, the first that matches, with the signals that are held. */
  | {
      readonly kind: 'Matched'
      readonly diagnosis: Diagnosis
      readonly signals: readonly SignalSeen[]
      readonly held: readonly SignalSeen[]
    }
  | {
      readonly kind: 'Unknown'
      readonly diagnosis: Diagnosis
      readonly unknown: readonly SignalSeen[]
      /** What went wrong on the way, where no signal that it reads is to blame: a division by zero. */
      readonly because?: string | undefined
    }
  | { readonly kind: 'None' }

/**
 * A diagnosis that is Unknown does not match, and stands in no other's way: a dead Alertmanager must not keep dead nodes from
 * being healed. Nor does one whose hold still runs: the next that holds counts.
 */
export function diagnose(policy: PreparedPolicy, seen: readonly SignalSeen[], node: NodeFacts): Finding {
  const evidence = { ...measuredBy(seen), node }
  const matches: Match[] = []
  let firstUnknown: Finding | undefined
  for (const diagnosis of policy.spec.diagnoses) {
    const when = policy.whens.get(diagnosis.name)
    if (when === undefined) continue
    const { truth, because } = judgeWhen(when, evidence)
    if (truth === 'True') matches.push(matchOf(diagnosis, when, seen))
    if (truth === 'Unknown') firstUnknown ??= { ...unknownOf(diagnosis, when, seen), because }
  }
  const match = matches.find(({ held }) => held.length === 0) ?? matches[0]
  return match === undefined ? (firstUnknown ?? { kind: 'None' }) : { kind: 'Matched', ...match }
}

interface Match {
  readonly diagnosis: Diagnosis
  /** The True signals that it reads. */
  readonly signals: readonly SignalSeen[]
  readonly held: readonly SignalSeen[]
}

function matchOf(diagnosis: Diagnosis, when: CompiledWhen, seen: readonly SignalSeen[]): Match {
  const signals = readBy(when, seen, 'True')
  return { diagnosis, signals, held: signals.filter(({ leftMs }) => leftMs > 0) }
}

const unknownOf = (diagnosis: Diagnosis, when: CompiledWhen, seen: readonly SignalSeen[]) => ({
  kind: 'Unknown' as const,
  diagnosis,
  unknown: readBy(when, seen, 'Unknown'),
})

const readBy = (when: CompiledWhen, seen: readonly SignalSeen[], state: ConditionStatus): readonly SignalSeen[] =>
  seen.filter(({ claim }) => claim.state === state && when.signalNames.includes(claim.name))
