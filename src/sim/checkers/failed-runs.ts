import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type Happening, ledgerOf, runOf, type Truth } from './checker.ts'
import { Books, newSlots } from './claims.ts'

const looked = 5
const failuresMax = 3

interface Verdict {
  readonly runUID: string
  readonly runName: string
  readonly policyName: string
  readonly helped: boolean
}

export interface Failing {
  readonly policyName: string
  readonly message: string
}

/** How the runs ended that have treated, by the runs themselves: counted when they give their slot back. */
export class FailedRuns {
  readonly #books = new Books()
  readonly #treated = new Set<string>()
  #verdicts: readonly Verdict[] = []

  /** Policies whose treating has, with this very write, once more not helped: too often among the last. */
  take(happening: Happening, truth: Truth): readonly Failing[] {
    if (happening.kind !== 'Changed') return []
    if (happening.change.plural === runKind.plural) this.#noteTreated(runOf(happening.change.object))
    const forgotten = this.#books.take(happening, truth)
    const back = new Set(newSlots(happening, truth).map(({ runUID }) => runUID))
    this.#verdicts = this.#verdicts.filter(({ runUID }) => !forgotten.has(runUID) && !back.has(runUID))
    const ended = endedRuns(happening, truth).flatMap((run) => this.#verdictOf(run) ?? [])
    this.#verdicts = [...this.#verdicts, ...ended]
    return ended.flatMap(({ policyName, helped }) => (helped ? [] : (this.#failing(policyName) ?? [])))
  }

  #noteTreated({ metadata, status }: NodeRemediation): void {
    if (status.step?.name === 'Treating') this.#treated.add(metadata.uid)
  }

  /** Undefined: it treated nothing, or people or the node itself ended it. */
  #verdictOf({ metadata, spec, status }: NodeRemediation): Verdict | undefined {
    const { name = '', cause, outcome } = status.step ?? {}
    const end = name === 'Quarantined' ? cause : outcome
    const helped = end === 'NodeRecovered' || end === 'NodeRelieved' || end === 'NodeReplaced'
    if (!this.#treated.has(metadata.uid) || (!helped && end !== 'TreatmentsExhausted')) return undefined
    return { runUID: metadata.uid, runName: metadata.name, policyName: spec?.policyName ?? '', helped }
  }

  #failing(policyName: string): Failing | undefined {
    const last = this.#verdicts.filter((one) => one.policyName === policyName).slice(-looked)
    const failed = last.filter(({ helped }) => !helped)
    if (failed.length < failuresMax) return undefined
    return { policyName, message: `${failed.length} failed runs (${failed.map(({ runName }) => runName).join(', ')})` }
  }
}

/** Runs whose slot the operator has given back with this very write. */
function endedRuns(happening: Happening, truth: Truth): readonly NodeRemediation[] {
  if (happening.kind !== 'Changed' || happening.change.plural !== 'disruptionledgers') return []
  const { object, previous, type, request } = happening.change
  if (type === 'DELETED' || request.user !== truth.user) return []
  const now = new Set(ledgerOf(object)?.slots.map(({ runUID }) => runUID))
  const before = (previous && ledgerOf(previous)?.slots) ?? []
  return before.filter(({ runUID }) => !now.has(runUID)).flatMap(({ runUID }) => truth.runByUID(runUID) ?? [])
}
