import type { Lease } from '../../api/core/kinds.ts'
import type { LeaseSeen } from '../../domain/detect/sources-seen.ts'
import { type Mono, seconds } from '../../kernel/time.ts'

/** When a look began, and when its answer was there. */
export interface LookTimes {
  readonly askedAt: Mono
  readonly answeredAt: Mono
}

interface Sight {
  readonly text: string
  readonly renewTime: string
  readonly lookedAt: Mono
  readonly stillSince: Mono
  readonly movedAt: Mono | undefined
}

/** Between looks further apart than this nobody knows who was kept from renewing: an API server that was away keeps everybody. */
const gapMaxMs = seconds(25)

/** From here on a Lease that stands is of interest. A kubelet renews it every ten seconds. */
const stillFromMs = seconds(15)

const commonShare = 0.55
const crowdMin = 3

/**
 * What comes of looking at Leases again and again, each moment chosen so that nobody is accused too early: the silence begins when
 * an answer was there, and is known to last until the last question was asked.
 */
export class LeaseLooks {
  readonly #sights = new Map<string, Sight>()
  #standing = 0

  /** Whether this look is of interest: the Lease stands, or is known anew to move or to be watched. */
  note(lease: Lease, times: LookTimes): boolean {
    const { name } = lease.metadata
    const known = this.#sights.get(name)
    if (known !== undefined && known.lookedAt >= times.askedAt) return false
    const sight = sightOf(lease, known, times)
    this.#sights.set(name, sight)
    this.#standing += Number(stands(sight)) - Number(stands(known))
    return stands(sight) || stands(known) !== stands(sight) || isWatched(known) !== isWatched(sight)
  }

  /** Those that a look at all of them has not shown are gone. Returns them. */
  keepOnly(names: ReadonlySet<string>): readonly string[] {
    const gone = [...this.#sights.keys()].filter((name) => !names.has(name))
    for (const name of gone) {
      this.#standing -= Number(stands(this.#sights.get(name)))
      this.#sights.delete(name)
    }
    return gone
  }

  /**
   * Why nobody can be blamed: so many Leases stand at once that it is the road to the API server that kubelets have lost. The node
   * lifecycle controller draws the same line, and stops. Undefined: each stands for itself.
   */
  commonCause(): string | undefined {
    const { size } = this.#sights
    if (size < crowdMin || this.#standing <= size * commonShare) return undefined
    return 'most Leases stand still at once, which tells of the road and not of the nodes'
  }

  /** `lookedAt`: when there was last a look that would have shown it. */
  seen(nodeName: string, lookedAt: Mono): LeaseSeen {
    const sight = this.#sights.get(nodeName)
    if (sight === undefined)
      return { kind: 'Known', lookedAtMono: lookedAt, stillSinceMono: undefined, movedAtMono: undefined, renewTime: '' }
    const { stillSince: stillSinceMono, movedAt: movedAtMono, renewTime } = sight
    return { kind: 'Known', lookedAtMono: sight.lookedAt, stillSinceMono, movedAtMono, renewTime }
  }
}

function sightOf(
  { metadata, renewTime = '' }: Lease,
  known: Sight | undefined,
  { askedAt, answeredAt }: LookTimes,
): Sight {
  // The UID as well: the Lease of a Node that was made anew is another one.
  const text = `${metadata.uid}/${renewTime}`
  const seen = { text, renewTime, lookedAt: askedAt }
  if (known === undefined) return { ...seen, stillSince: answeredAt, movedAt: undefined }
  if (known.text !== text) return { ...seen, stillSince: answeredAt, movedAt: answeredAt }
  const isGap = askedAt - known.lookedAt > gapMaxMs
  return { ...seen, stillSince: isGap ? answeredAt : known.stillSince, movedAt: known.movedAt }
}

const stands = (sight: Sight | undefined): boolean =>
  sight !== undefined && sight.lookedAt - sight.stillSince >= stillFromMs

/** Whether it has been watched since it moved. */
const isWatched = (sight: Sight | undefined): boolean => sight !== undefined && sight.movedAt === sight.stillSince
