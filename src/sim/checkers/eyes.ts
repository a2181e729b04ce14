import type { Signal } from '../../api/v1alpha1/signal.ts'
import { type Instant, later, minutes, seconds } from '../../kernel/time.ts'
import type { ProcessEvent } from '../weather/process-event.ts'

/** After this a process must have noticed that a watch is dead. */
const silenceMaxMs = minutes(4)
/** So long an alert or a query is good for where its signal does not say; a twentieth more, for a clock that runs slow. */
const polledFreshSeconds = 120
const slowly = 1.05
/** So long an alert is good that Prometheus does not send again. */
const alertGoodSeconds = 240
/** A clock that was set by so little may be the work of NTP, and so short a pause that of a collection. */
const jumpMinMs = seconds(5)
const stallMinMs = seconds(4)
/** Clocks are looked at once in a second; who stood still knows it as soon as he goes on, but for the request that he was at. */
const jumpNoticeMs = 1_600
const stallNoticeMs = 500
/** How long nothing begins after a disturbance; a twentieth less, for a clock that runs fast. */
const settleMs = seconds(9.5)

/** Watches without which nobody may begin anything: what they no longer tell is not known. */
const neededWatches = ['/api/v1/nodes', '/apis/prunella.dev/v1alpha1/remediationpauses']

interface Disturbed {
  readonly what: string
  readonly at: Instant
  /** From then on it is known. */
  readonly from: Instant
  readonly until: Instant
}

/** As old as a list may be that was read beside a watch. */
const listedMaxMs = seconds(10)

/** What one process can know of the world and of itself. */
export class Eyes {
  readonly #bornAt: Instant
  readonly #silentSince: Map<string, Instant>
  readonly #listedAt = new Map<string, Instant>()
  #alertsAt: Instant | undefined
  #alertsTrueAt: Instant | undefined
  #metricsAt: Instant | undefined
  #frozenSince: Instant | undefined
  #disturbed: Disturbed | undefined
  #jump: { readonly at: Instant; readonly byMs: number } | undefined

  /** What was never opened has been silent from the beginning. */
  constructor(bornAt: Instant) {
    this.#bornAt = bornAt
    this.#silentSince = new Map(neededWatches.map((path) => [path, bornAt]))
  }

  take(event: ProcessEvent, now: Instant): void {
    switch (event.kind) {
      case 'AlertsHeard':
        this.#alertsAt = event.at
        this.#alertsTrueAt = event.trueAt
        return
      case 'MetricsHeard':
        this.#metricsAt = event.at
        return
      case 'WatchFellSilent':
      case 'WatchEnded':
        this.#silentSince.set(event.path, this.#silentSince.get(event.path) ?? now)
        return
      case 'WatchOpened':
      case 'WatchHeard':
        this.#silentSince.delete(event.path)
        return
      case 'Frozen':
        this.#frozenSince = now
        return
      case 'Thawed':
        this.#takeStall(now)
        return
      case 'ClockJumped':
        this.#takeJump(event.jumpMs, now)
        return
      default:
    }
  }

  /** All of a kind was read, whatever the watch of it says. */
  takeList(path: string, now: Instant): void {
    if (neededWatches.includes(path)) this.#listedAt.set(path, now)
  }

  /** When what was measured until then lost its meaning, as far as this process must have noticed by that moment. */
  watchedSince(moment: Instant): Instant {
    const { at, from } = this.#disturbed ?? {}
    return at === undefined || from === undefined || moment < from ? this.#bornAt : at
  }

  /** Something has just befallen the process itself; undefined: it is its own master. */
  disturbedAt(moment: Instant): string | undefined {
    const { what, from, until } = this.#disturbed ?? {}
    return from !== undefined && until !== undefined && from <= moment && moment < until ? what : undefined
  }

  /** One of the watches that everything rests on says nothing, and what it would say was not read either; undefined: there is none. */
  blindAt(moment: Instant): string | undefined {
    const silent = neededWatches.find((path) => {
      const since = this.#silentSince.get(path)
      const listedAt = this.#listedAt.get(path)
      const isListed = listedAt !== undefined && moment - listedAt <= listedMaxMs
      return since !== undefined && moment - since > silenceMaxMs && !isListed
    })
    return silent && `its watch of ${silent} had been silent for more than ${silenceMaxMs} ms`
  }

  /** One of these alerts or queries was not heard of lately enough; undefined: all were, or none is asked for. */
  deafAt(moment: Instant, signals: readonly Signal[]): string | undefined {
    const polled = signals.flatMap(({ name, alert, query, freshnessSeconds = polledFreshSeconds }) => {
      if (alert !== undefined) {
        const what = `the alert of ${name}`
        const sent = {
          what: `what was told of ${what}`,
          heardAt: this.#alertsTrueAt,
          freshnessSeconds: alertGoodSeconds,
        }
        return [{ what, heardAt: this.#alertsAt, freshnessSeconds }, sent]
      }
      return query === undefined ? [] : [{ what: `the query of ${name}`, heardAt: this.#metricsAt, freshnessSeconds }]
    })
    const stale = polled.find(
      ({ heardAt, freshnessSeconds }) => heardAt === undefined || moment - heardAt > seconds(freshnessSeconds) * slowly,
    )
    return stale && `${stale.what} was last heard of ${stale.heardAt === undefined ? 'never' : 'too long ago'}`
  }

  #takeStall(now: Instant): void {
    const since = this.#frozenSince ?? now
    this.#frozenSince = undefined
    if (now - since < stallMinMs) return
    this.#disturb('it had just stood still', now, stallNoticeMs)
  }

  /** A clock that is set back at once was never set, as far as anybody can see; what was set meanwhile the standstill hides. */
  #takeJump(byMs: number, now: Instant): void {
    const isOne = this.#jump !== undefined && now - this.#jump.at < jumpNoticeMs
    this.#jump = { at: now, byMs: byMs + (isOne ? (this.#jump?.byMs ?? 0) : 0) }
    if (this.#frozenSince !== undefined) return
    if (Math.abs(this.#jump.byMs) >= jumpMinMs) this.#disturb('its clock had just been set', now, jumpNoticeMs)
    else if (isOne) this.#disturbed = undefined
  }

  #disturb(what: string, now: Instant, noticeMs: number): void {
    this.#disturbed = { what, at: now, from: later(now, noticeMs), until: later(now, settleMs) }
  }
}
