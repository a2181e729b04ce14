import { listAt, textAt } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import type { Served } from '../weather/network.ts'
import type { Process } from '../weather/process.ts'
import { isReady, isUnschedulable, nameOf } from '../world/fields.ts'
import type { Checker, Happening, Truth } from './checker.ts'
import { type Start, Starts } from './claims.ts'
import { lagMaxMs } from './spec-history.ts'

/** Nothing starts that would take the healthy nodes below the floor, and nothing by a process whose list of nodes came empty or cut. */
export function floorHolds(): Checker {
  const starts = new Starts()
  const health = new Health()
  const lists = new NodeLists()
  let begun: readonly Start[] = []
  return {
    invariant: 'I4',
    judge: (happening, truth) => {
      health.take(happening, truth)
      const now = starts.take(happening, truth)
      if (now.length > 0) begun = now
      if (happening.kind !== 'Served') return undefined
      lists.take(happening.served, truth)
      if (!happening.served.request.path.includes('/disruptionledgers/')) return undefined
      const own = begun
      begun = []
      const doubt = own.length > 0 ? lists.doubtOf(happening.served.by) : undefined
      return doubt ?? own.map((start) => health.below(start, truth)).find((complaint) => complaint !== undefined)
    },
  }
}

/** Since when every node is what it is: who has only just fallen ill may not have been seen to be. */
class Health {
  readonly #known = new Map<string, { readonly healthy: boolean; readonly since: Instant }>()

  take(happening: Happening, { now }: Truth): void {
    if (happening.kind !== 'Changed' || happening.change.plural !== 'nodes') return
    const { object } = happening.change
    const healthy = isReady(object) && !isUnschedulable(object)
    if (this.#known.get(nameOf(object))?.healthy !== healthy) this.#known.set(nameOf(object), { healthy, since: now() })
  }

  below({ slot }: Start, truth: Truth): string | undefined {
    const policy = truth.policy(slot.policyName)
    if (policy === undefined) return undefined
    const disrupted = new Set(truth.ledger?.slots.map(({ nodeName }) => nodeName))
    const left = truth
      .selectedBy(policy)
      .map(nameOf)
      .filter((name) => !disrupted.has(name) && this.#countsAsHealthy(name, truth))
    const { minHealthy } = policy.limits
    if (left.length >= minHealthy) return undefined
    return `${slot.nodeName} was begun with ${left.length} healthy nodes left, ${slot.policyName} wants ${minHealthy}`
  }

  #countsAsHealthy(name: string, { now }: Truth): boolean {
    const known = this.#known.get(name)
    return known === undefined || known.healthy || now() - known.since < lagMaxMs
  }
}

/** What every process was last told of how many nodes there are. */
class NodeLists {
  readonly #counted = new Map<Process, number>()
  readonly #doubts = new Map<Process, string>()

  take({ by, request, status, response }: Served, truth: Truth): void {
    const isList = request.method === 'GET' && request.path === '/api/v1/nodes' && status === 200
    if (!isList) return
    const before = request.query?.['continue'] === undefined ? 0 : (this.#counted.get(by) ?? 0)
    const count = before + listAt(response.body, 'items').length
    this.#counted.set(by, count)
    if ((textAt(response.body, 'metadata', 'continue') ?? '') !== '') return
    const real = truth.nodes.length
    if (count * 2 <= real) this.#doubts.set(by, `${by.name} was told of ${count} nodes where there are ${real}`)
    else this.#doubts.delete(by)
  }

  doubtOf(by: Process): string | undefined {
    const doubt = this.#doubts.get(by)
    return doubt && `a run was begun although ${doubt}`
  }
}
