import { type Mono, minutes } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import { RefusedError } from '../ports/errors.ts'
import type { Effects } from './fenced.ts'

/** Rights are granted by people at any time: what was refused is tried again after this. */
const believedForMs = minutes(5)

/** What this process was refused by RBAC of late: learned from the refusals themselves. */
export class Rights {
  readonly #clock: Pick<Clock, 'mono'>
  readonly #refusedAt = new Map<string, Mono>()

  constructor(clock: Pick<Clock, 'mono'>) {
    this.#clock = clock
  }

  /** Verb and resource, as in `kubectl auth can-i`: `patch nodes`. Undefined: nothing was refused. */
  readonly missing = (): string | undefined => {
    const now = this.#clock.mono()
    for (const [right, at] of this.#refusedAt) if (now - at >= believedForMs) this.#refusedAt.delete(right)
    return [...this.#refusedAt.keys()].toSorted()[0]
  }

  /** Passes on whatever the effect does, and remembers a refusal. */
  readonly learn = async <Answer>(effect: Promise<Answer>): Promise<Answer> => {
    try {
      return await effect
    } catch (error) {
      const right = refusedRight(error)
      if (right !== undefined) this.#refusedAt.set(right, this.#clock.mono())
      throw error
    }
  }
}

/**
 * RBAC has one sentence: `User "x" cannot patch resource "nodes" in API group "" at the cluster scope`. Events are words about the
 * work, and no part of it.
 */
function refusedRight(error: unknown): string | undefined {
  if (!(error instanceof RefusedError) || error.status !== 403) return undefined
  const [, verb, resource] = /cannot (\w+) resource "([^"]+)"/.exec(error.message) ?? []
  return verb === undefined || resource === 'events' ? undefined : `${verb} ${resource}`
}

export const learning = ({ cluster, power }: Effects, { learn }: Pick<Rights, 'learn'>): Effects => ({
  cluster: {
    create: async (kind, object) => await learn(cluster.create(kind, object)),
    patch: async (kind, ref, patch) => await learn(cluster.patch(kind, ref, patch)),
    remove: async (kind, ref, options) => await learn(cluster.remove(kind, ref, options)),
    evict: async (pod, options) => await learn(cluster.evict(pod, options)),
  },
  power,
})
