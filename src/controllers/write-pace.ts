import { type Mono, seconds } from '../kernel/time.ts'

/** Far more than trouble on one object can need, far less than two programs that undo each other could write. */
const writesMax = 10
const windowMs = seconds(10)

/**
 * Whose status is not taken as written (an older CRD drops a field, another program undoes the write at once) would write it again
 * as fast as the API server answers. So every object has a pace of its own.
 */
export class WritePace {
  readonly #writes = new Map<string, readonly Mono[]>()

  /** How long the next write to this object has to wait; zero: not at all. */
  waitMs(key: string, now: Mono): number {
    const recent = this.#recent(key, now)
    const [oldest] = recent
    return oldest === undefined || recent.length < writesMax ? 0 : Math.ceil(oldest + windowMs - now)
  }

  wrote(key: string, now: Mono): void {
    this.#writes.set(key, [...this.#recent(key, now), now])
  }

  forget(key: string): void {
    this.#writes.delete(key)
  }

  #recent(key: string, now: Mono): readonly Mono[] {
    return (this.#writes.get(key) ?? []).filter((at) => now - at < windowMs)
  }
}
