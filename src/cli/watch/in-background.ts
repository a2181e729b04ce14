/** One piece of work at a time, for which nobody waits; what it throws is thrown at whoever starts the next. */
export class InBackground {
  #isBusy = false
  #failure: { readonly error: unknown } | undefined

  start(work: () => Promise<void>): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (!this.#isBusy) void this.#run(work)
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true
    try {
      await work()
    } catch (error) {
      this.#failure = { error }
    } finally {
      this.#isBusy = false
    }
  }
}
