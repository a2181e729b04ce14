import { isObject, type JsonObject, listAt, textAt, textMapAt } from '../../../kernel/json.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { withConditions } from '../conditions.ts'
import {
  controllerOf,
  isActive,
  isFinished,
  isTerminating,
  isUnschedulable,
  keyOf,
  labelsOf,
  nameOf,
  nodeNameOf,
  refFromKey,
  refOf,
  taintsOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import { claims, volumesOf } from '../volumes/volume-names.ts'
import { milliCpu } from './quantity.ts'
import { toleratesAll } from './tolerations.ts'

/**
 * Binds pods: selector, taints, pod count and CPU requests decide where one may run; then it goes where fewest of its kind
 * are, by zone and by node. Affinity it does not know, and says so.
 */
export function runScheduler(nature: Nature): void {
  const scheduler = new Scheduler(nature)
  nature.objects.on('pods', ({ type, object }) => {
    if (type === 'DELETED' || isTerminating(object)) scheduler.roomMayBeFree()
    if (type !== 'DELETED') scheduler.podChanged(object)
  })
  nature.objects.on('nodes', () => scheduler.roomMayBeFree())
  nature.objects.on(claims, () => scheduler.roomMayBeFree())
}

/** A cordon counts as this taint, from the first moment on. */
const cordonTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

class Scheduler {
  readonly #nature: Nature
  readonly #api: WorldClient
  readonly #queue: KeyQueue
  /** Pods for which no node was found. */
  readonly #waiting = new Set<string>()

  constructor(nature: Nature) {
    this.#nature = nature
    this.#api = nature.as('system:kube-scheduler')
    this.#queue = new KeyQueue(nature, { actor: 'scheduler', reconcile: (key) => this.#schedule(key) })
  }

  podChanged(pod: JsonObject): void {
    if (nodeNameOf(pod) === '' && isActive(pod) && !this.#waiting.has(keyOf(pod))) this.#queue.add(keyOf(pod))
  }

  roomMayBeFree(): void {
    for (const key of this.#waiting) this.#queue.add(key)
  }

  #schedule(key: string): void {
    this.#waiting.delete(key)
    const pod = this.#nature.objects.get('pods', refFromKey(key))
    if (pod === undefined || nodeNameOf(pod) !== '' || !isActive(pod)) return
    const nodes = this.#nature.objects.all('nodes')
    const isBound = volumesOf(this.#nature.objects, pod) !== undefined
    const candidates = isBound ? nodes.filter((node) => this.#refusal(pod, node) === undefined) : []
    const best = this.#best(pod, candidates)
    if (best !== undefined) {
      this.#api.bind(refOf(pod), nameOf(best))
      return
    }
    this.#waiting.add(key)
    this.#sayUnschedulable(
      pod,
      isBound ? this.#reasons(pod, nodes) : 'pod has unbound immediate PersistentVolumeClaims.',
    )
  }

  #refusal(pod: JsonObject, node: JsonObject): string | undefined {
    if (isObject(pod['spec']) && isObject(pod['spec']['affinity'])) return 'the simulated scheduler knows no affinity'
    const labels = labelsOf(node)
    const selector = Object.entries(textMapAt(pod, 'spec', 'nodeSelector'))
    if (selector.some(([key, value]) => labels[key] !== value)) return 'node(s) did not match the node selector'
    if (isTerminating(node)) return 'node(s) were unschedulable'
    if (isUnschedulable(node) && !toleratesAll(pod, [cordonTaint])) return 'node(s) were unschedulable'
    const hard = taintsOf(node).filter(({ effect }) => effect !== 'PreferNoSchedule')
    if (!toleratesAll(pod, hard)) return 'node(s) had untolerated taints'
    const resident = this.#nature.objects.podsOn(nameOf(node)).filter((other) => !isFinished(other))
    if (resident.length >= Number(textAt(node, 'status', 'allocatable', 'pods') ?? 0)) return 'Too many pods'
    const used = resident.reduce((sum, other) => sum + requestedCpu(other), 0)
    const room = milliCpu(textAt(node, 'status', 'allocatable', 'cpu')) - used
    return requestedCpu(pod) > room ? 'Insufficient cpu' : undefined
  }

  /** The first of the least burdened: of its own kind in the zone, of its own kind on the node, in all. */
  #best(pod: JsonObject, candidates: readonly JsonObject[]): JsonObject | undefined {
    const owner = controllerOf(pod)?.uid ?? ''
    const siblings = this.#nature.objects.dependentsOf(owner).filter(isActive)
    const zones = new Map(this.#nature.objects.all('nodes').map((node) => [nameOf(node), zoneOf(node)]))
    const burden = (node: JsonObject): readonly [number, number, number] => [
      siblings.filter((sibling) => nodeNameOf(sibling) !== '' && zones.get(nodeNameOf(sibling)) === zoneOf(node))
        .length,
      siblings.filter((sibling) => nodeNameOf(sibling) === nameOf(node)).length,
      this.#nature.objects.podsOn(nameOf(node)).length,
    ]
    const ranked = candidates.map((node) => ({ node, burden: burden(node) }))
    return ranked.toSorted((left, right) => compared(left.burden, right.burden)).at(0)?.node
  }

  #reasons(pod: JsonObject, nodes: readonly JsonObject[]): string {
    const causes = nodes.map((node) => this.#refusal(pod, node) ?? '')
    const counted = [...new Set(causes)].map((cause) => `${causes.filter((other) => other === cause).length} ${cause}`)
    return `0/${nodes.length} nodes are available: ${counted.join(', ')}.`
  }

  #sayUnschedulable(pod: JsonObject, message: string): void {
    const said = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] as const
    const known = listAt(pod, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'PodScheduled')
    if (textAt(known, 'message') === message) return
    const conditions = withConditions(pod, said, { now: this.#nature.timers.now() })
    this.#api.patchStatus('pods', refOf(pod), { status: { conditions } })
  }
}

const zoneOf = (node: JsonObject): string => labelsOf(node)['topology.kubernetes.io/zone'] ?? ''

export const requestedCpu = (pod: JsonObject): number =>
  listAt(pod, 'spec', 'containers').reduce<number>(
    (sum, container) => sum + milliCpu(textAt(container, 'resources', 'requests', 'cpu')),
    0,
  )

function compared(left: readonly number[], right: readonly number[]): number {
  const place = left.findIndex((value, index) => value !== right[index])
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0)
}
