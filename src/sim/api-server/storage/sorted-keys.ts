/** Keys in byte order, as etcd lists them. Appending in order is cheap; keys are ASCII, so `<` compares bytes. */
export class SortedKeys {
  readonly #keys: string[] = []

  get size(): number {
    return this.#keys.length
  }

  add(key: string): void {
    const index = this.#lowerBound(key)
    if (this.#keys[index] === key) return
    if (index === this.#keys.length) this.#keys.push(key)
    else this.#keys.splice(index, 0, key)
  }

  delete(key: string): void {
    const index = this.#lowerBound(key)
    if (this.#keys[index] === key) this.#keys.splice(index, 1)
  }

  /** All keys with the prefix; the live array itself for an empty one: not to be kept. */
  withPrefix(prefix: string): readonly string[] {
    if (prefix === '') return this.#keys
    return this.#keys.slice(this.#lowerBound(prefix), this.#lowerBound(`${prefix}\uffff`))
  }

  /** The first index whose key is not smaller. */
  #lowerBound(key: string): number {
    let [low, high] = [0, this.#keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
