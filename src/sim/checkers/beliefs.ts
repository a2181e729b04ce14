import type { Signal } from '../../api/v1alpha1/signal.ts'
import { queryFreshnessSeconds } from '../../domain/detect/sources/query.ts'
import { askedExpr } from '../../domain/detect/sources/threshold.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, seconds } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import type { WorldEvent } from '../world/events.ts'
import { nameOf } from '../world/fields.ts'
import type { Happening, Truth } from './checker.ts'
import { Symptoms } from './symptoms.ts'

/** As old as a look may be that licenses an act. */
export const noticeMs = seconds(10)

/** Two clocks that both claim to be monotonic need not run at one speed. */
export const driftPercent = 5

/** A process at the moment at which it sent what it began. */
interface Sender {
  readonly by: Process
  readonly at: Instant
}

/** A list of alerts that was told at `heardAt`, and was true at `trueAt`. */
interface Told {
  readonly heardAt: Instant
  readonly trueAt: Instant
}

interface Standing {
  readonly since: Instant
  /** Undefined: it still stands. */
  until: Instant | undefined
}

/** As many as a late request can be behind. */
const keptMax = 8

/**
 * For how long a process may believe that trouble has been there: by the truth of the moment at which it looked last. What heals
 * between that look and the act that rests on it nobody can know, be it that the answers to other questions were awaited, that the
 * API server had asked for patience, or that the next poll was still to come.
 */
export class Beliefs {
  readonly #symptoms = new Symptoms()
  readonly #looks = new Map<Process, Map<string, readonly Instant[]>>()
  readonly #told = new Map<Process, readonly Told[]>()
  readonly #standing = new Map<string, readonly Standing[]>()

  take(happening: Happening, truth: Truth): void {
    this.#symptoms.take(happening, truth)
    if (happening.kind === 'Served') this.#takeLook(happening.served, truth.now())
    if (happening.kind === 'World') this.#takeEvent(happening.event, truth.now())
    if (happening.kind !== 'Process' || happening.event.kind !== 'AlertsHeard') return
    const { by, trueAt } = happening.event
    this.#told.set(by, [...(this.#told.get(by) ?? []), { heardAt: truth.now(), trueAt }].slice(-keptMax))
  }

  /** Undefined: it was there at no moment at which that process had a look. */
  heldMs(node: JsonObject, signal: Signal, { by, at }: Sender): number | undefined {
    const { nodeCondition, alert, query } = signal
    if (query !== undefined) return this.#standsMs(`${nameOf(node)} ${askedExpr(query)}`, signal, at)
    const heldBy = (moment: Instant, until: Instant): number | undefined => {
      const since = this.#symptoms.since(node, sooner(signal), moment)
      return since === undefined ? undefined : until - since
    }
    if (nodeCondition !== undefined)
      return longest([at, ...this.#looksAt(nameOf(node), { by, at })].map((moment) => heldBy(moment, moment)))
    if (alert !== undefined) return longest([at, ...this.#toldAt({ by, at })].map((moment) => heldBy(moment, at)))
    return heldBy(at, at)
  }

  /** What is beyond its threshold stands until it is plainly short of it; and what a poll has shown is good while it is fresh. */
  #standsMs(key: string, { freshnessSeconds = queryFreshnessSeconds }: Signal, at: Instant): number | undefined {
    const last = this.#standing.get(key)?.findLast(({ since }) => since <= at)
    if (last === undefined) return undefined
    return at - (last.until ?? at) > seconds(freshnessSeconds) ? undefined : at - last.since
  }

  #looksAt(nodeName: string, { by, at }: Sender): readonly Instant[] {
    const looks = this.#looks.get(by)?.get(nodeName) ?? []
    return looks.filter((moment) => moment <= at && at - moment <= noticeMs)
  }

  /** Of the lists that it was told: the last one, and what it may still have been acting upon when that came. */
  #toldAt({ by, at }: Sender): readonly Instant[] {
    const told = (this.#told.get(by) ?? []).filter(({ heardAt }) => heardAt <= at)
    const isGood = (next: Told | undefined): boolean => next === undefined || at - next.heardAt <= noticeMs
    return told.filter((_, index) => isGood(told[index + 1])).map(({ trueAt }) => trueAt)
  }

  #takeLook({ by, request, status }: Served, now: Instant): void {
    const nodeName =
      request.method === 'GET' && status === 200 ? /^\/api\/v1\/nodes\/([^/]+)$/.exec(request.path)?.[1] : undefined
    if (nodeName === undefined) return
    const own = this.#looks.get(by) ?? new Map<string, readonly Instant[]>()
    this.#looks.set(by, own)
    own.set(nodeName, [...(own.get(nodeName) ?? []).filter((moment) => now - moment <= 2 * noticeMs), now])
  }

  #takeEvent(event: WorldEvent, now: Instant): void {
    if (event.kind !== 'MetricBecame') return
    const key = `${event.machine} ${event.metric}`
    const known = this.#standing.get(key) ?? []
    const last = known.at(-1)
    const stands = last !== undefined && last.until === undefined
    if (event.level === 'Beyond' && !stands)
      this.#standing.set(key, [...known, { since: now, until: undefined }].slice(-keptMax))
    if (event.level === 'Away' && stands) last.until = now
  }
}

/** The same as a clock measures it that runs fast: how long pods are stuck, and how long a Lease does not move. */
function sooner(signal: Signal): Signal {
  const { lease, podSymptom } = signal
  const measured = (count: number): number => (count * 100) / (100 + driftPercent)
  if (lease !== undefined) return { ...signal, lease: { ...lease, silentSeconds: measured(lease.silentSeconds) } }
  if (podSymptom === undefined) return signal
  return { ...signal, podSymptom: { ...podSymptom, stuckSeconds: measured(podSymptom.stuckSeconds) } }
}

function longest(all: readonly (number | undefined)[]): number | undefined {
  const known = all.filter((ms) => ms !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
