import { defaultNamespace } from '../../api/annotations.ts'
import { leaseName } from '../../api/rights.ts'
import { numberAt, textAt } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import { nameOf, namespaceOf } from '../world/fields.ts'
import type { Happening, Truth } from './checker.ts'

interface Renewal {
  readonly at: Instant
  readonly holder: string
  readonly durationMs: number
}

/** Who led when, by what the API server stored and when it did. */
export class Leases {
  readonly #renewals: Renewal[] = []

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'leases') return
    const { object, type } = happening.change
    if (nameOf(object) !== leaseName || namespaceOf(object) !== defaultNamespace) return
    const holder = type === 'DELETED' ? '' : (textAt(object, 'spec', 'holderIdentity') ?? '')
    const durationMs = seconds(numberAt(object, 'spec', 'leaseDurationSeconds') ?? 0)
    this.#renewals.push({ at: now(), holder, durationMs })
  }

  /** Empty: nobody. */
  holderAt(moment: Instant): string {
    const last = this.#renewals.findLast(({ at }) => at <= moment)
    return last === undefined || moment - last.at > last.durationMs ? '' : last.holder
  }

  /** How long the holder of that moment had led without a gap. */
  heldForMs(moment: Instant): number {
    const holder = this.holderAt(moment)
    if (holder === '') return 0
    let since = moment
    for (let index = this.#renewals.length - 1; index >= 0; index -= 1) {
      const renewal = this.#renewals[index]
      if (renewal === undefined || renewal.at > moment) continue
      if (renewal.holder !== holder || since - renewal.at > renewal.durationMs) break
      since = renewal.at
    }
    return moment - since
  }
}
