/**
 * One question at a time, shared by all who ask it. An answer must not be older than the question: whoever comes while one is
 * under way waits for the next, together with everybody else who came meanwhile.
 */
export class FreshAnswers<Value> {
  readonly #underWay = new Map<string, Promise<Value>>()

  async ask(key: string, ask: () => Promise<Value>): Promise<Value> {
    await this.#underWay.get(key)?.catch(() => {})
    return await this.#joined(key, ask)
  }

  async #joined(key: string, ask: () => Promise<Value>): Promise<Value> {
    const known = this.#underWay.get(key)
    if (known !== undefined) return await known
    const asked = ask().finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, asked)
    return await asked
  }
}
