import { type JsonObject, listAt, textAt, textMapAt } from '../../../kernel/json.ts'
import { instant, later, minutes } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { requestedCpu } from '../control-plane/scheduler.ts'
import {
  conditionStatus,
  isActive,
  isFinished,
  isTerminating,
  isUnschedulable,
  labelsOf,
  nameOf,
  nodeNameOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import { labelsOfPool, type NodePool, newNodeClaim, poolLabel } from './node-pool.ts'

export const nodeClaims = 'nodeclaims.karpenter.sh'

/** Room on a node that no request of a pod can use: its daemons. */
const reservedMilliCpu = 500

/** How long Karpenter takes an offering that was sold out for sold out. */
const noCapacityMs = minutes(3)

/** Claims new nodes for pods that fit nowhere. */
export class Provisioner {
  readonly #nature: Nature
  readonly #api: WorldClient
  readonly #pools: readonly NodePool[]
  readonly #queue: KeyQueue
  readonly #quotas = new Map<string, number>()
  #claims = 0
  #noCapacityUntil = instant(0)

  constructor(nature: Nature, pools: readonly NodePool[]) {
    this.#nature = nature
    this.#pools = pools
    this.#api = nature.as('system:serviceaccount:kube-system:karpenter')
    this.#queue = new KeyQueue(nature, { actor: 'karpenter provisioner', reconcile: (name) => this.#provision(name) })
    nature.objects.on('pods', ({ object }) => {
      if (isPending(object)) this.#lookAtAll()
    })
    nature.objects.on(nodeClaims, () => this.#lookAtAll())
  }

  claim(pool: NodePool): JsonObject {
    const taken = this.#claimsOf(pool).map((claim) => labelsOf(claim)['topology.kubernetes.io/zone'])
    const zone = leastUsed(pool.zones, taken)
    this.#claims += 1
    const suffix = this.#nature.prng
      .fork(`claim/${this.#claims}`)
      .int(36 ** 4, 36 ** 5 - 1)
      .toString(36)
    return this.#api.create(nodeClaims, newNodeClaim(pool, { name: `${pool.name}-${suffix}`, zone }))
  }

  /** At most so many nodes of the pool from now on. */
  setQuota(poolName: string, nodesMax: number): void {
    this.#quotas.set(poolName, nodesMax)
    this.#lookAtAll()
  }

  /** The cloud had none: it is not asked again for a while. */
  forgetCapacity(): void {
    const { timers } = this.#nature
    this.#noCapacityUntil = later(timers.now(), noCapacityMs)
    timers.after(noCapacityMs, () => this.#lookAtAll())
  }

  #lookAtAll(): void {
    for (const { name } of this.#pools) this.#queue.add(name)
  }

  /** One claim at a time: the next look sees whether its room is enough. */
  #provision(poolName: string): void {
    const pool = this.#pools.find(({ name }) => name === poolName)
    if (pool === undefined || !this.#mayGrow(pool)) return
    const pending = this.#nature.objects.all('pods').filter((pod) => isPending(pod) && fits(pod, pool))
    const rooms = this.#claimsOf(pool).map((claim) => this.#roomOn(claim, pool))
    const isHomeless = pending.some((pod) => {
      const place = rooms.findIndex((room) => room >= requestedCpu(pod))
      rooms[place] = (rooms[place] ?? 0) - requestedCpu(pod)
      return place === -1
    })
    if (isHomeless) this.claim(pool)
  }

  /** What a node has left, or will have once it has come. */
  #roomOn(claim: JsonObject, { cpus }: NodePool): number {
    const name = nameOf(claim)
    const node = this.#nature.objects.get('nodes', { name })
    if (node === undefined || conditionStatus(claim, 'Initialized') !== 'True') return cpus * 1_000 - reservedMilliCpu
    if (isUnschedulable(node)) return 0
    const used = this.#nature.objects.podsOn(name).filter((pod) => !isFinished(pod))
    return cpus * 1_000 - used.reduce((sum, pod) => sum + requestedCpu(pod), 0)
  }

  #mayGrow(pool: NodePool): boolean {
    const nodesMax = this.#quotas.get(pool.name) ?? pool.nodesMax ?? Number.POSITIVE_INFINITY
    return this.#nature.timers.now() >= this.#noCapacityUntil && this.#claimsOf(pool).length < nodesMax
  }

  /** Those that will stay. */
  #claimsOf(pool: NodePool): readonly JsonObject[] {
    const claims = this.#nature.objects.all(nodeClaims).filter((claim) => labelsOf(claim)[poolLabel] === pool.name)
    return claims.filter((claim) => !isTerminating(claim))
  }
}

function isPending(pod: JsonObject): boolean {
  if (nodeNameOf(pod) !== '' || !isActive(pod)) return false
  const said = listAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'PodScheduled')
  return textAt(said, 'reason') === 'Unschedulable'
}

const fits = (pod: JsonObject, pool: NodePool): boolean =>
  pool.zones.some((zone) => {
    const labels = labelsOfPool(pool, zone)
    return Object.entries(textMapAt(pod, 'spec', 'nodeSelector')).every(([key, value]) => labels[key] === value)
  }) && requestedCpu(pod) <= pool.cpus * 1_000 - reservedMilliCpu

const leastUsed = (zones: readonly string[], taken: readonly (string | undefined)[]): string => {
  const uses = (zone: string): number => taken.filter((other) => other === zone).length
  return zones.toSorted((left, right) => uses(left) - uses(right))[0] ?? ''
}
