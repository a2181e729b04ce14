/** One after the other for each key, in the order of asking; whoever asks for another key does not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const own = before.then(work)
    const over = own.catch(() => undefined)
    this.#last.set(key, over)
    try {
      return await own
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key)
    }
  }
}
