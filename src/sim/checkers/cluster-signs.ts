import { coreEventKind } from '../../api/core/core-event.ts'
import { podKind } from '../../api/core/pod.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { type Instant, later, seconds } from '../../kernel/time.ts'
import type { Change } from '../api-server/api-request.ts'
import { nameOf, nodeNameOf, uidOf } from '../world/fields.ts'

type Sign = Pick<Signal, 'lease' | 'nodeEvent' | 'podSymptom'>

interface Waiting {
  readonly namespace: string
  readonly since: Instant
  until: Instant | undefined
}

interface Present {
  readonly at: Instant
  /** Undefined: never, as far as anybody here has seen. */
  readonly bootedAt: Instant | undefined
}

interface Look {
  readonly at: Instant
  /** What ended no longer ago counts as if it were there. */
  readonly lateMs: number
}

/** As far back as any question reaches. */
const keptMax = 64
/** A look at a Lease, or at a container that runs for a moment, may be believed for so long. */
const believedMs = seconds(60)

/** Since when leases stand, events come and pods wait: by what the API server stores, and in its order. */
export class ClusterSigns {
  readonly #moves = new Map<string, Instant[]>()
  readonly #events = new Map<string, Instant[]>()
  readonly #pods = new Map<string, Map<string, Waiting>>()

  take({ plural, type, object }: Change, now: Instant): void {
    if (plural === 'leases') this.#append(this.#moves, nameOf(object), now)
    if (plural === 'events' && type !== 'DELETED') {
      const { regarding, reason } = coreEventKind.project(object)
      this.#append(this.#events, `${regarding.name} ${reason}`, now)
    }
    if (plural === 'pods') this.#takePod(object, type === 'DELETED', now)
  }

  /** Somebody may believe it at that moment. Undefined: there was no such trouble, or the sign is of another kind. */
  since(node: JsonObject, sign: Sign, at: Instant): Instant | undefined {
    return this.#since(nameOf(node), sign, { at, lateMs: believedMs })
  }

  /** It is there at that moment: whoever looks sees it. */
  surelySince(node: JsonObject, sign: Sign, at: Instant): Instant | undefined {
    return this.#since(nameOf(node), sign, { at, lateMs: 0 })
  }

  #since(nodeName: string, { lease, nodeEvent, podSymptom }: Sign, look: Look): Instant | undefined {
    if (lease !== undefined) return this.#stillSince(nodeName, seconds(lease.silentSeconds), look)
    if (nodeEvent !== undefined) return this.#cameOften(nodeName, nodeEvent, look)
    if (podSymptom !== undefined) return this.#ailedTogether(nodeName, podSymptom, look)
    return undefined
  }

  /** The same, of what is there at this very moment: an event that came before the last boot is history. */
  stillSince(node: JsonObject, sign: Sign, { at, bootedAt }: Present): Instant | undefined {
    const { nodeEvent } = sign
    if (nodeEvent !== undefined)
      return (this.#events.get(`${nameOf(node)} ${nodeEvent.reason}`) ?? []).find((came) => came > (bootedAt ?? 0))
    return this.surelySince(node, sign, at) && this.since(node, sign, later(at, -believedMs))
  }

  #append(all: Map<string, Instant[]>, key: string, now: Instant): void {
    all.set(key, [...(all.get(key) ?? []), now].slice(-keptMax))
  }

  #stillSince(nodeName: string, silentMs: number, { at, lateMs }: Look): Instant | undefined {
    const moves = (this.#moves.get(nodeName) ?? []).filter((moved) => moved <= at)
    const [before, last] = [moves.at(-2), moves.at(-1)]
    if (last !== undefined && at - last >= silentMs) return later(last, silentMs)
    const stood = before !== undefined && last !== undefined && last - before >= silentMs
    return stood && at - last < lateMs ? later(before, silentMs) : undefined
  }

  #cameOften(
    nodeName: string,
    { reason, count, windowSeconds }: NonNullable<Signal['nodeEvent']>,
    { at, lateMs }: Look,
  ) {
    const came = (this.#events.get(`${nodeName} ${reason}`) ?? []).filter(
      (moment) => moment <= at && at - moment <= seconds(windowSeconds) + lateMs,
    )
    return came[count - 1]
  }

  #ailedTogether(
    nodeName: string,
    asked: NonNullable<Signal['podSymptom']>,
    { at, lateMs }: Look,
  ): Instant | undefined {
    const ill = [...(this.#pods.get(nodeName)?.values() ?? [])]
      .filter(({ since, until }) => since <= at && (until === undefined || at - until < lateMs))
      .toSorted((left, right) => left.since - right.since)
    const enough = ill.findIndex((_, index) => {
      const first = ill.slice(0, index + 1)
      return first.length >= asked.pods && new Set(first.map(({ namespace }) => namespace)).size >= asked.namespaces
    })
    const last = ill[enough]
    return last && later(last.since, seconds(asked.stuckSeconds))
  }

  #takePod(object: JsonObject, isGone: boolean, now: Instant): void {
    const pods = this.#pods.get(nodeNameOf(object)) ?? new Map<string, Waiting>()
    this.#pods.set(nodeNameOf(object), pods)
    const { waiting, metadata } = podKind.project(object)
    const known = pods.get(uidOf(object))
    const isIll = waiting === 'CrashLooping' && !isGone
    if (isIll && (known === undefined || known.until !== undefined))
      pods.set(uidOf(object), { namespace: metadata.namespace, since: known?.since ?? now, until: undefined })
    if (!isIll && known !== undefined) known.until ??= now
  }
}
