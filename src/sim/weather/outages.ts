import { Hold } from './hold.ts'
import type { Process } from './process.ts'

/** What is out of order for a while, for everybody or on some roads. */
export class Outages {
  readonly serverDown: Hold
  /** Reads are answered, writes are not. */
  readonly etcdReadOnly = new Hold()
  readonly alertsDown = new Hold()
  /** An Alertmanager that forgot everything: it says that nothing fires. */
  readonly alertsEmpty = new Hold()
  /** A cache before it: it says what it said when this began. */
  readonly alertsReplayed = new Hold()
  readonly #clogged = new Map<string, Hold>()
  readonly #listeners = new Set<() => void>()

  constructor() {
    this.serverDown = new Hold(() => this.changed())
  }

  /** One connection of one replica, known by the path that it serves: nothing gets through it, and it stays open. */
  clog(replica: number, path: string): () => void {
    const key = `${replica} ${path}`
    const hold = this.#clogged.get(key) ?? new Hold(() => this.changed())
    this.#clogged.set(key, hold)
    return hold.take()
  }

  /** Whether nothing gets through between this process and the API server, without either of them being told. */
  blocks({ replica }: Process, path: string): boolean {
    return replica.cutFromServer.isHeld || this.#clogged.get(`${replica.index} ${path}`)?.isHeld === true
  }

  /** Called when something may get through again, or no longer does. Returns its own end. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly changed = (): void => {
    for (const listener of this.#listeners) listener()
  }
}
