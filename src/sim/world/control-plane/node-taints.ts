import { isEqual, type JsonObject, textAt } from '../../../kernel/json.ts'
import { type Instant, instant } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { conditionStatus, isReady, isUnschedulable, kubeTime, labelsOf, nameOf, refOf, taintsOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { mayEvict, type ZoneCount } from './zones.ts'

/** Turns what is known of a node into taints: those that keep pods away at once, the one that drives them out in its turn. */
export function runNodeTaints(nature: Nature): void {
  const taints = new NodeTaints(nature)
  nature.objects.on('nodes', ({ type, object, previous }) => {
    if (type !== 'DELETED') taints.look(nameOf(object))
    if (previous === undefined || type === 'DELETED' || isReady(object) !== isReady(previous)) taints.lookAtAll()
  })
}

const unreachable = 'node.kubernetes.io/unreachable'
const notReady = 'node.kubernetes.io/not-ready'
const pressures = [
  ['MemoryPressure', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'node.kubernetes.io/network-unavailable'],
] as const
const unschedulable = 'node.kubernetes.io/unschedulable'
const ours = [unreachable, notReady, unschedulable, ...pressures.map(([, key]) => key)]

class NodeTaints {
  readonly #nature: Nature
  readonly #api: WorldClient
  readonly #queue: KeyQueue
  readonly #lastEvictionAt = new Map<string, Instant>()

  constructor(nature: Nature) {
    this.#nature = nature
    this.#api = nature.as(controllerUser('node-controller'))
    this.#queue = new KeyQueue(nature, { actor: 'node taints', reconcile: (name) => this.#reconcile(name) })
  }

  look(nodeName: string): void {
    this.#queue.add(nodeName)
  }

  /** One node more or less that is Ready may change what is right for all. */
  lookAtAll(): void {
    for (const node of this.#nature.objects.all('nodes')) if (!isReady(node)) this.look(nameOf(node))
  }

  #reconcile(nodeName: string): void {
    const node = this.#nature.objects.get('nodes', { name: nodeName })
    if (node === undefined) return
    const before = taintsOf(node)
    const foreign = before.filter(({ key }) => typeof key === 'string' && !ours.includes(key))
    const wanted = [...keepingAway(node), ...this.#drivingOut(node)]
    const kept = wanted.map(
      (taint) => before.find((old) => old['key'] === taint['key'] && old['effect'] === taint['effect']) ?? taint,
    )
    const taints = [...foreign, ...kept]
    if (!isEqual(sorted(taints), sorted(before))) {
      this.#api.patch('nodes', refOf(node), { spec: { taints: taints.length === 0 ? null : taints } })
    }
  }

  #drivingOut(node: JsonObject): readonly JsonObject[] {
    const key = silenceTaint(node)
    const zone = zoneOf(node)
    if (key === undefined || !mayEvict(zone, this.#zones())) return []
    const now = this.#nature.timers.now()
    const taint = { key, effect: 'NoExecute', timeAdded: kubeTime(now) }
    const isBegun = taintsOf(node).some(
      (old) => old['effect'] === 'NoExecute' && (old['key'] === notReady || old['key'] === unreachable),
    )
    if (isBegun) return [taint]
    const waitMs = (this.#lastEvictionAt.get(zone) ?? instant(0)) + this.#nature.timings.nodeEvictionEveryMs - now
    if (waitMs > 0) {
      this.#queue.add(nameOf(node), waitMs)
      return []
    }
    this.#lastEvictionAt.set(zone, now)
    return [taint]
  }

  #zones(): ReadonlyMap<string, ZoneCount> {
    const zones = new Map<string, ZoneCount>()
    for (const node of this.#nature.objects.all('nodes')) {
      const { ready, notReady: sick } = zones.get(zoneOf(node)) ?? { ready: 0, notReady: 0 }
      zones.set(zoneOf(node), isReady(node) ? { ready: ready + 1, notReady: sick } : { ready, notReady: sick + 1 })
    }
    return zones
  }
}

function keepingAway(node: JsonObject): readonly JsonObject[] {
  const silence = silenceTaint(node)
  const pressed = pressures.filter(([type]) => conditionStatus(node, type) === 'True').map(([, key]) => key)
  const keys = [
    ...(silence === undefined ? [] : [silence]),
    ...pressed,
    ...(isUnschedulable(node) ? [unschedulable] : []),
  ]
  return keys.map((key) => ({ key, effect: 'NoSchedule' }))
}

function silenceTaint(node: JsonObject): string | undefined {
  const ready = conditionStatus(node, 'Ready')
  if (ready === 'True') return undefined
  return ready === 'False' ? notReady : unreachable
}

const zoneOf = (node: JsonObject): string => labelsOf(node)['topology.kubernetes.io/zone'] ?? ''

const sorted = (taints: readonly JsonObject[]): readonly JsonObject[] =>
  taints.toSorted((left, right) => (nameKey(left) < nameKey(right) ? -1 : 1))

const nameKey = (taint: JsonObject): string => `${textAt(taint, 'key') ?? ''}:${textAt(taint, 'effect') ?? ''}`
