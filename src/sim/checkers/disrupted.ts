import { annotation } from '../../api/annotations.ts'
import { type NodeRemediation, runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { annotationsOf } from '../world/fields.ts'
import { type Happening, runOf, type Truth } from './checker.ts'

export interface Disrupted {
  readonly nodeName: string
  readonly run: NodeRemediation
}

/** Who waits for people, or for a slot, weighs elsewhere. */
const disrupting: readonly StepName[] = ['Cordoning', 'Draining', 'Treating', 'Verifying', 'Releasing']

/** Nodes that a run disrupts right now, counted on the nodes themselves. */
export class Disruptions {
  /** From which step a run went to Releasing: one that had given its slot back already holds none while it clears up. */
  readonly #releasedFrom = new Map<string, StepName>()
  #known = new Set<string>()

  /** All of them, and those that are so since this very write. */
  take(
    happening: Happening,
    truth: Truth,
  ): { readonly all: readonly Disrupted[]; readonly begun: readonly Disrupted[] } {
    if (happening.kind !== 'Changed' || !['nodes', runKind.plural].includes(happening.change.plural))
      return { all: [], begun: [] }
    this.#noteRelease(happening)
    const all = this.#count(truth)
    const begun = all.filter(({ run }) => !this.#known.has(run.metadata.uid))
    this.#known = new Set(all.map(({ run }) => run.metadata.uid))
    return { all, begun }
  }

  #noteRelease(happening: Happening): void {
    if (happening.kind !== 'Changed' || happening.change.plural !== runKind.plural) return
    const { object, previous } = happening.change
    const { metadata, status } = runOf(object)
    const from = (previous && runOf(previous).status.step?.name) ?? 'Approving'
    if (status.step?.name === 'Releasing' && from !== 'Releasing') this.#releasedFrom.set(metadata.uid, from)
  }

  #count(truth: Truth): readonly Disrupted[] {
    const cordoned = new Set(truth.nodes.map((node) => annotationsOf(node)[annotation.cordonedByRun]))
    return truth.runs.flatMap((run) => {
      const { uid } = run.metadata
      const step = run.status.step?.name ?? 'Approving'
      const heldSlot = disrupting.includes(this.#releasedFrom.get(uid) ?? step)
      const isOne = step === 'Treating' || (cordoned.has(uid) && disrupting.includes(step) && heldSlot)
      return isOne && run.spec !== undefined ? [{ nodeName: run.spec.node.name, run }] : []
    })
  }
}
