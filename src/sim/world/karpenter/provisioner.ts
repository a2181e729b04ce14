import { type JsonObject, listAt, textAt, textMapAt } from '../../../kernel/json.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { requestedCpu } from '../control-plane/scheduler.ts'
import { conditionStatus, isActive, isTerminating, labelsOf, nodeNameOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import { labelsOfPool, type NodePool, newNodeClaim, poolLabel } from './node-pool.ts'

export const nodeClaims = 'nodeclaims.karpenter.sh'

/** Room on a node that no request of a pod can use: its daemons. */
const reservedMilliCpu = 500

/** Claims new nodes for pods that fit nowhere. */
export class Provisioner {
  readonly #nature: Nature
  readonly #api: WorldClient
  readonly #pools: readonly NodePool[]
  readonly #queue: KeyQueue
  #claims = 0

  constructor(nature: Nature, pools: readonly NodePool[]) {
    this.#nature = nature
    this.#pools = pools
    this.#api = nature.as('system:serviceaccount:kube-system:karpenter')
    this.#queue = new KeyQueue(nature, { actor: 'karpenter provisioner', reconcile: (name) => this.#provision(name) })
    nature.objects.on('pods', ({ object }) => {
      if (isUnschedulable(object)) this.#lookAtAll()
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

  #lookAtAll(): void {
    for (const { name } of this.#pools) this.#queue.add(name)
  }

  /** One claim at a time: the next look sees whether its room is enough. */
  #provision(poolName: string): void {
    const pool = this.#pools.find(({ name }) => name === poolName)
    if (pool === undefined || !this.#mayGrow(pool)) return
    const pending = this.#nature.objects.all('pods').filter((pod) => isUnschedulable(pod) && fits(pod, pool))
    const wanted = pending.reduce((sum, pod) => sum + Math.max(1, requestedCpu(pod)), 0)
    const coming = this.#claimsOf(pool).filter((claim) => conditionStatus(claim, 'Initialized') !== 'True')
    const room = coming.length * (pool.cpus * 1_000 - reservedMilliCpu)
    if (wanted > room) this.claim(pool)
  }

  #mayGrow(pool: NodePool): boolean {
    return this.#claimsOf(pool).length < (pool.nodesMax ?? Number.POSITIVE_INFINITY)
  }

  /** Those that will stay. */
  #claimsOf(pool: NodePool): readonly JsonObject[] {
    const claims = this.#nature.objects.all(nodeClaims).filter((claim) => labelsOf(claim)[poolLabel] === pool.name)
    return claims.filter((claim) => !isTerminating(claim))
  }
}

function isUnschedulable(pod: JsonObject): boolean {
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
