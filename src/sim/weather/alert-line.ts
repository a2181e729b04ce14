import type { Alert } from '../../api/alert.ts'
import { seconds } from '../../kernel/time.ts'
import type { Alerts } from '../../ports/alerts.ts'
import { UnavailableError } from '../../ports/errors.ts'
import type { Loop } from '../loop.ts'
import type { Outages } from './outages.ts'
import type { Process } from './process.ts'

const giveUpMs = seconds(5)

/** What stands between every process and the Alertmanager. */
export class AlertLine {
  readonly #alerts: Alerts
  readonly #outages: Outages
  readonly #loop: Loop
  #cached: readonly Alert[] | undefined

  constructor(alerts: Alerts, { outages, loop }: { readonly outages: Outages; readonly loop: Loop }) {
    this.#alerts = alerts
    this.#outages = outages
    this.#loop = loop
  }

  of(process: Process): Alerts {
    return {
      name: this.#alerts.name,
      list: async () =>
        await new Promise<readonly Alert[]>((resolve, reject) => {
          this.#list().then(
            (alerts) => process.resume(() => resolve(alerts)),
            (error: unknown) => process.resume(() => reject(error)),
          )
        }),
    }
  }

  async #list(): Promise<readonly Alert[]> {
    if (this.#outages.alertsDown.isHeld) {
      await this.#loop.sleep(giveUpMs)
      throw new UnavailableError(`${this.#alerts.name} is not reachable`)
    }
    if (this.#outages.alertsEmpty.isHeld) return []
    if (!this.#outages.alertsReplayed.isHeld) this.#cached = undefined
    const alerts = this.#cached ?? (await this.#alerts.list())
    this.#cached = alerts
    return alerts
  }
}
