import type { RipeDiagnosis } from '../domain/detect/ripe.ts'

/**
 * Which diagnoses this very process has seen for as long as they must hold. What stands in a NodeHealth may be the late word of a
 * leader before us; a run is started only where our own watch says the same.
 */
export class RipeDiagnoses {
  readonly #byNode = new Map<string, { readonly nodeUID: string; readonly ripe: readonly RipeDiagnosis[] }>()

  note(nodeName: string, nodeUID: string | undefined, ripe: readonly RipeDiagnosis[]): void {
    if (nodeUID === undefined || ripe.length === 0) this.#byNode.delete(nodeName)
    else this.#byNode.set(nodeName, { nodeUID, ripe })
  }

  /** Undefined: this process has not seen it for long enough, or of another node of that name. */
  get(nodeName: string, nodeUID: string, key: string): RipeDiagnosis | undefined {
    const known = this.#byNode.get(nodeName)
    return known?.nodeUID === nodeUID ? known.ripe.find((ripe) => ripe.key === key) : undefined
  }
}
