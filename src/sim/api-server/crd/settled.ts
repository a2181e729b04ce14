import type { Structural } from './structural.ts'

/**
 * Objects of which something is known already, each under the schema that it was looked at with: objects are never changed, so
 * what was found once holds for ever. Most of what a write brings is what was stored before.
 */
export class Settled {
  readonly #known = new WeakMap<object, Structural>()

  isSettled(schema: Structural | undefined, value: object): boolean {
    return schema !== undefined && this.#known.get(value) === schema
  }

  settle(schema: Structural, value: object): void {
    this.#known.set(value, schema)
  }
}
