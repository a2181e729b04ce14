import { Hold } from './hold.ts'
import type { Process } from './process.ts'

/** What is out of order for a while, for everybody or on some roads. */
export class Outages {
  /** For us: nobody else has noticed. */
  readonly serverDown: Hold
  /** For the whole world: for kubelets, controllers and people, too. */
  readonly serverDownForAll: Hold
  /** Reads are answered, writes are not. */
  readonly etcdReadOnly = new Hold()
  readonly alertsDown = new Hold()
  /** An Alertmanager that was started anew, and that nobody has told of anything yet: it says that nothing fires. */
  readonly alertsEmpty: Hold
  /** A cache before it: it says what it said when this began. */
  readonly alertsReplayed = new Hold()
  readonly metricsDown = new Hold()
  /** A Prometheus that was started anew, and has scraped nothing yet. */
  readonly metricsEmpty = new Hold()
  /** One of its shards is away: it says so, and half of the series are missing. */
  readonly metricsPartial = new Hold()
  /** It answers, and scrapes nothing any more. */
  readonly metricsOld = new Hold()
  /** It takes its time. */
  readonly metricsSlow = new Hold()
  readonly #clogged = new Map<string, Hold>()
  readonly #listeners = new Set<() => void>()

  /** `loseServer`: takes the API server from the world, and returns what gives it back. */
  constructor(loseServer: () => () => void = () => () => {}, restartAlertmanager: () => void = () => {}) {
    this.alertsEmpty = new Hold((isEmpty) => {
      if (isEmpty) restartAlertmanager()
    })
    let giveBack = (): void => {}
    this.serverDown = new Hold(() => this.changed())
    this.serverDownForAll = new Hold((isDown) => {
      if (isDown) giveBack = loseServer()
      else giveBack()
      this.changed()
    })
  }

  /** Connections are refused, and we are told. */
  get isServerDown(): boolean {
    return this.serverDown.isHeld || this.serverDownForAll.isHeld
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
