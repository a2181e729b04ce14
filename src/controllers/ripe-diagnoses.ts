/**
 * Which diagnoses this very process has seen for as long as they must hold. What stands in a NodeHealth may be the late word of a
 * leader before us; a run is started only where our own watch says the same.
 */
export class RipeDiagnoses {
  readonly #byNode = new Map<string, { readonly nodeUID: string; readonly ripe: readonly string[] }>()

  note(nodeName: string, nodeUID: string | undefined, ripe: readonly string[]): void {
    if (nodeUID === undefined || ripe.length === 0) this.#byNode.delete(nodeName)
    else this.#byNode.set(nodeName, { nodeUID, ripe })
  }

  /** Named as `ripeKey` does. */
  has(nodeName: string, nodeUID: string, key: string): boolean {
    const known = this.#byNode.get(nodeName)
    return known?.nodeUID === nodeUID && known.ripe.includes(key)
  }
}
