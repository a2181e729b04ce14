/** Nodes whose answers are counted: each is looked at again until so many in a row have brought nothing new. */
export class Unsettled {
  readonly #left = new Map<string, number>()
  #allLeft: number | undefined

  /** Who has to look, besides those that changed. `everything`: whom no answer names is counted as well. */
  after(
    changed: readonly string[],
    of: number,
  ): { readonly everything: boolean; readonly nodeNames: readonly string[] } {
    for (const name of changed) this.#left.set(name, of)
    const nodeNames = [...this.#left.keys()]
    for (const [name, left] of this.#left) {
      if (left <= 1) this.#left.delete(name)
      else this.#left.set(name, left - 1)
    }
    const allLeft = this.#allLeft ?? of
    this.#allLeft = Math.max(0, allLeft - 1)
    return { everything: allLeft > 0, nodeNames }
  }
}
