import { isEqual, type JsonObject } from '../../kernel/json.ts'
import { type Instant, instant, minutes } from '../../kernel/time.ts'
import { nameOf } from '../world/fields.ts'
import type { Happening, Truth } from './checker.ts'

/** How far behind an operator may be with what people have edited, before it must see that its watch is dead. */
export const lagMaxMs = minutes(4)

interface Version<Spec> {
  readonly at: Instant
  /** Undefined: it was deleted, or cannot be read. */
  readonly spec: Spec | undefined
}

/** Every version of what people write, with when it came into force. */
export class SpecHistory<Spec> {
  readonly #versions = new Map<string, Version<Spec>[]>()
  readonly #plural: string
  readonly #read: (stored: JsonObject) => Spec | undefined

  constructor(plural: string, read: (stored: JsonObject) => Spec | undefined) {
    this.#plural = plural
    this.#read = read
  }

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'Changed' || happening.change.plural !== this.#plural) return
    const { object, previous, type } = happening.change
    if (type === 'MODIFIED' && isEqual(object['spec'], previous?.['spec'])) return
    const before = previous === undefined ? [] : [{ at: instant(0), spec: this.#read(previous) }]
    const versions = this.#versions.get(nameOf(object)) ?? before
    versions.push({ at: now(), spec: type === 'DELETED' ? undefined : this.#read(object) })
    this.#versions.set(nameOf(object), versions)
  }

  /** All that somebody who decided at `from` or later may have gone by; `current` where nothing was ever edited. */
  inForceSince(name: string, from: Instant, current: Spec | undefined): readonly Spec[] {
    const versions = this.#versions.get(name) ?? [{ at: instant(0), spec: current }]
    const first = versions.findLastIndex(({ at }) => at <= from - lagMaxMs)
    return versions.slice(Math.max(0, first)).flatMap(({ spec }) => (spec === undefined ? [] : [spec]))
  }
}
