import { type Instant, seconds } from '../../kernel/time.ts'
import type { AlertList, Alerts } from '../../ports/alerts.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { Loop } from '../loop.ts'
import type { Outages } from './outages.ts'
import type { Process } from './process.ts'
import type { ProcessEvent } from './process-event.ts'

const giveUpMs = seconds(5)

export interface AlertLineOptions {
  readonly loop: Loop
  readonly outages: Outages
  readonly tell: (event: ProcessEvent) => void
}

interface Said {
  readonly list: AlertList
  /** Undefined: it never was. */
  readonly trueAt: Instant | undefined
}

/** What stands between every process and the Alertmanager. */
export class AlertLine {
  readonly #alerts: Alerts
  readonly #options: AlertLineOptions
  #cached: Said | undefined

  constructor(alerts: Alerts, options: AlertLineOptions) {
    this.#alerts = alerts
    this.#options = options
  }

  of(process: Process): Alerts {
    const { loop, tell } = this.#options
    return {
      name: this.#alerts.name,
      list: async () =>
        await new Promise<AlertList>((resolve, reject) => {
          const at = loop.now()
          const hear = ({ list, trueAt }: Said): void => {
            if (trueAt !== undefined) tell({ kind: 'AlertsHeard', by: process, at, trueAt })
            resolve(list)
          }
          this.#list().then(
            (said) => process.resume(() => hear(said)),
            (error: unknown) => process.resume(() => reject(error)),
          )
        }),
    }
  }

  async #list(): Promise<Said> {
    const { outages, loop } = this.#options
    if (outages.alertsDown.isHeld) {
      await loop.sleep(giveUpMs)
      throw new UnavailableError(`${this.#alerts.name} is not reachable`)
    }
    const list = await this.#alerts.list()
    if (outages.alertsEmpty.isHeld) return { list: { ...list, alerts: [] }, trueAt: undefined }
    if (!outages.alertsReplayed.isHeld) this.#cached = undefined
    this.#cached ??= { list, trueAt: loop.now() }
    return this.#cached
  }
}
