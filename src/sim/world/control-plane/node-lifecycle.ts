import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { type Condition, withConditions } from '../conditions.ts'
import { conditionStatus, isReady, nameOf, refOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/**
 * Notices nodes that fall silent, and then says of them that nothing is known. Like the original it measures silence on its
 * own clock: from the moment at which it saw the last renewal, whatever time is written in it.
 */
export function runNodeLifecycle(nature: Nature): void {
  const lifecycle = new NodeLifecycle(nature)
  nature.objects.on('nodes', ({ type, object, previous }) => {
    if (type === 'DELETED') lifecycle.forget(nameOf(object))
    else if (previous === undefined || heartbeatOf(object) !== heartbeatOf(previous)) lifecycle.heard(nameOf(object))
  })
  nature.objects.on('leases.coordination.k8s.io', ({ type, object }) => {
    if (type !== 'DELETED' && textAt(object, 'metadata', 'namespace') === 'kube-node-lease')
      lifecycle.heard(nameOf(object))
  })
}

class NodeLifecycle {
  readonly #nature: Nature
  readonly #api: WorldClient
  readonly #queue: KeyQueue
  readonly #heardAt = new Map<string, Instant>()

  constructor(nature: Nature) {
    this.#nature = nature
    this.#api = nature.as(controllerUser('node-controller'))
    this.#queue = new KeyQueue(nature, { actor: 'node lifecycle', reconcile: (name) => this.#look(name) })
  }

  heard(nodeName: string): void {
    const isNew = !this.#heardAt.has(nodeName)
    this.#heardAt.set(nodeName, this.#nature.timers.now())
    if (isNew) this.#queue.add(nodeName, this.#nature.timings.nodeMonitorGraceMs)
  }

  forget(nodeName: string): void {
    this.#heardAt.delete(nodeName)
  }

  #look(nodeName: string): void {
    const { objects, timers, timings } = this.#nature
    const node = objects.get('nodes', { name: nodeName })
    const heardAt = this.#heardAt.get(nodeName)
    if (node === undefined || heardAt === undefined) return
    const leftMs = heardAt + timings.nodeMonitorGraceMs - timers.now()
    if (leftMs <= 0) this.#declareUnknown(node)
    this.#queue.add(nodeName, leftMs > 0 ? leftMs : timings.nodeMonitorPeriodMs)
  }

  #declareUnknown(node: JsonObject): void {
    if (conditionStatus(node, 'Ready') === 'Unknown') return
    const now = this.#nature.timers.now()
    const said = watched.map(
      (type): Condition => ({
        type,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }),
    )
    this.#api.patchStatus('nodes', refOf(node), { status: { conditions: withConditions(node, said, { now }) } })
    for (const pod of this.#nature.objects.podsOn(nameOf(node)).filter(isReady)) this.#markNotReady(pod, now)
  }

  #markNotReady(pod: JsonObject, now: Instant): void {
    const said = [{ type: 'Ready', status: 'False', reason: 'NodeNotReady', message: '' }] as const
    this.#api.patchStatus('pods', refOf(pod), { status: { conditions: withConditions(pod, said, { now }) } })
  }
}

/** Only the kubelet writes heartbeats of Ready. */
const heartbeatOf = (node: JsonObject): string | undefined =>
  textAt(
    listAt(node, 'status', 'conditions')
      .filter(isObject)
      .find(({ type }) => type === 'Ready'),
    'lastHeartbeatTime',
  )
