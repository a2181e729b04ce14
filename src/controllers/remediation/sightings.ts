import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Watched } from '../../domain/remediation/elapsed.ts'
import type { PowerOrder } from '../../domain/remediation/observation.ts'
import { type Step, stepOf } from '../../domain/remediation/step.ts'
import { instant, type Mono, mono, parseTime } from '../../kernel/time.ts'
import { isOlder } from '../../runtime/resource-version.ts'

/**
 * When this process first saw each run where it stands now, and when it last saw a kubelet renew its lease: on its own monotonic
 * clock. Every replica keeps it from the watch, so that a change of leader does not begin anew what was waited for.
 */
export class Sightings {
  readonly #runs = new Map<string, RunSighting>()
  readonly #leases = new Map<string, LeaseSighting>()
  readonly #orders = new Map<string, { readonly kind: PowerOrder['kind']; readonly at: Mono }>()

  note({ metadata, status }: NodeRemediation, at: Mono): void {
    const { uid, resourceVersion } = metadata
    const known = this.#runs.get(uid)
    // A watch that lags behind a live read tells of a step that is over.
    if (known !== undefined && isOlder(resourceVersion, known.resourceVersion)) return
    const step = stepOf(status.step, parseTime(metadata.creationTimestamp) ?? instant(0))
    this.#runs.set(uid, {
      resourceVersion,
      step: again(known?.step, stepKey(step), at),
      stable: again(known?.stable, stableKey(step), at),
    })
  }

  /** What was watched across a disturbance does not count. */
  watched(
    runUID: string,
    { now, disturbedAt }: { readonly now: Mono; readonly disturbedAt: Mono | undefined },
  ): Watched {
    const sighting = this.#runs.get(runUID)
    const since = (seen: Sighting | undefined): number =>
      seen === undefined ? 0 : now - Math.max(seen.since, disturbedAt ?? Number.NEGATIVE_INFINITY)
    return { stepMs: since(sighting?.step), stableMs: since(sighting?.stable) }
  }

  /**
   * How long ago at most the lease was renewed, as far as this process has seen it move: whatever a look shows may have happened right
   * after the look before. Undefined: it has not moved since this process first saw it.
   */
  leaseMovedMs(runUID: string, renewTime: string | undefined, now: Mono): number | undefined {
    const known = this.#leases.get(runUID)
    const moved = known !== undefined && known.renewTime !== renewTime && renewTime !== undefined
    const movedAt = moved ? known.lookedAt : known?.movedAt
    this.#leases.set(runUID, { renewTime, movedAt, lookedAt: now })
    return movedAt === undefined ? undefined : now - movedAt
  }

  /** Noted before it goes out: one that was lost counts like one that was obeyed. */
  ordered(runUID: string, kind: PowerOrder['kind'], at: Mono): void {
    this.#orders.set(runUID, { kind, at })
  }

  /** The last order that this process has given to the BMC. */
  lastOrder(runUID: string, now: Mono): PowerOrder | undefined {
    const order = this.#orders.get(runUID)
    return order && { kind: order.kind, agoMs: now - order.at }
  }

  forget(runUID: string): void {
    this.#runs.delete(runUID)
    this.#leases.delete(runUID)
    this.#orders.delete(runUID)
  }
}

interface Sighting {
  readonly key: string
  readonly since: Mono
}

interface RunSighting {
  readonly resourceVersion: string
  readonly step: Sighting
  readonly stable: Sighting
}

interface LeaseSighting {
  readonly renewTime: string | undefined
  readonly movedAt: Mono | undefined
  readonly lookedAt: Mono
}

const again = (known: Sighting | undefined, key: string, at: Mono): Sighting =>
  known?.key === key ? known : { key, since: mono(at) }

/** Whatever a step measures begins with this. */
function stepKey(step: Step | undefined): string {
  if (step === undefined) return ''
  const stage = step.name === 'Treating' ? `${step.stage}/${step.stageSince}/${step.attempt}` : ''
  return `${step.name}/${'rung' in step ? step.rung : ''}/${step.since}/${stage}`
}

const stableKey = (step: Step | undefined): string =>
  step?.name === 'Verifying' ? `${step.since}/${step.stableSince ?? ''}` : ''
