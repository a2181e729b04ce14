const knownMax = 20_000

/**
 * Equal values as one object: what thousands of things have in common is kept once. Only for values that nobody changes. It
 * forgets everything when it is full, so that values of which no two are alike cannot fill the memory; what it gave stays good.
 */
export class OneOfEach<Value> {
  readonly #known = new Map<string, Value>()
  readonly #max: number

  constructor(max: number = knownMax) {
    this.#max = max
  }

  /** `key`: all that the value is made of. */
  of(key: string, make: () => Value): Value {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const value = make()
    if (this.#known.size >= this.#max) this.#known.clear()
    this.#known.set(key, value)
    return value
  }
}
