import type { Node } from '../api/core/node.ts'
import { controllerOf, isFinished, isTerminating, type Pod, staysInDrain } from '../api/core/pod.ts'
import type { Quantities } from '../api/core/quantity.ts'
import { keyOf } from '../api/kind.ts'
import { isServing } from '../domain/budget/figures.ts'
import type { RoomSeen } from '../domain/surroundings/capacity-there.ts'
import { type Berth, Berths, type Leaver, type Placement, place } from '../domain/surroundings/placement.ts'
import { type Mono, minutes, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Informers } from './informers.ts'

/** Looking at every node costs milliseconds in a large fleet, and a storm asks for each of its nodes. */
const berthsSharedForMs = seconds(1)
const stalenessMaxMs = minutes(3)

type Freshness = 'hasSynced' | 'stalenessMs'

interface RoomCaches {
  readonly nodes: Pick<Informers['nodes'], 'list' | Freshness>
  readonly pods: Pick<Informers['pods'], 'byIndex' | 'onChange' | Freshness>
}

/** What is left on each node: requests are added up as pods come and go, never by walking over all of them. */
export class Room {
  readonly #nodes: RoomCaches['nodes']
  readonly #pods: RoomCaches['pods']
  readonly #clock: Pick<Clock, 'mono'>
  readonly #used = new Map<string, Map<string, number>>()
  #berths: { readonly at: Mono; readonly shared: Berths } | undefined

  constructor({ nodes, pods }: RoomCaches, clock: Pick<Clock, 'mono'>) {
    this.#nodes = nodes
    this.#pods = pods
    this.#clock = clock
    pods.onChange(({ old, new: pod }) => {
      if (old !== undefined && pod !== undefined && takesAlike(old, pod)) return
      if (old !== undefined) this.#count(old, -1)
      if (pod !== undefined) this.#count(pod, 1)
    })
  }

  /** Whether the pods of the node fit on the others. `taken`: nodes that runs are about to empty, and that take nobody. */
  readonly around = (nodeName: string, { taken, growingPool }: RoomQuestion): RoomSeen => {
    const isKnown = [this.#nodes, this.#pods].every(
      (informer) => informer.hasSynced() && informer.stalenessMs() < stalenessMaxMs,
    )
    if (!isKnown) return { kind: 'Unknown', message: 'the lists of nodes and pods are not complete' }
    return { kind: 'Known', placement: this.after([nodeName], taken), growingPool }
  }

  /** Where the pods of these nodes would go, were all of them lost. */
  readonly after = (lost: readonly string[], taken: ReadonlySet<string>): Placement =>
    place(
      lost.flatMap((nodeName) => this.#leaversOf(nodeName)),
      this.#sharedBerths(),
      new Set([...taken, ...lost]),
    )

  /** Of these nodes the names of those that take pods, the one whose pods ask for most first. */
  readonly fullest = (nodes: readonly Node[]): readonly string[] => {
    const usedOf = (name: string, resource: string): number => this.#used.get(name)?.get(resource) ?? 0
    return nodes
      .filter((node) => isServing(node) && !isTerminating(node))
      .map(({ metadata: { name } }) => ({ name, cpu: usedOf(name, 'cpu'), memory: usedOf(name, 'memory') }))
      .toSorted(
        (left, right) => right.cpu - left.cpu || right.memory - left.memory || (left.name < right.name ? -1 : 1),
      )
      .map(({ name }) => name)
  }

  #leaversOf(nodeName: string): readonly Leaver[] {
    return this.#pods
      .byIndex('node', nodeName)
      .filter((pod) => !staysInDrain(pod) && !isTerminating(pod) && controllerOf(pod) !== undefined)
      .map((pod) => ({ name: keyOf(pod), needs: pod.needs }))
  }

  #count(pod: Pod, sign: 1 | -1): void {
    if (!takesRoom(pod)) return
    const used = this.#used.get(pod.nodeName) ?? new Map<string, number>()
    this.#used.set(pod.nodeName, used)
    const add = (resource: string, amount: number): void => {
      used.set(resource, (used.get(resource) ?? 0) + sign * amount)
    }
    for (const [resource, amount] of Object.entries(pod.needs.requests)) add(resource, amount)
    add('pods', 1)
    if (used.get('pods') === 0) this.#used.delete(pod.nodeName)
  }

  #sharedBerths(): Berths {
    const at = this.#clock.mono()
    if (this.#berths === undefined || at - this.#berths.at >= berthsSharedForMs) {
      const serving = this.#nodes.list().filter((node) => isServing(node) && !isTerminating(node))
      this.#berths = { at, shared: new Berths(serving.map((node) => this.#berthOf(node))) }
    }
    return this.#berths.shared
  }

  #berthOf({ metadata: { name, labels }, taints, allocatable }: Node): Berth {
    const used = this.#used.get(name)
    const left = Object.entries(allocatable).map(([resource, amount]) => [
      resource,
      amount - (used?.get(resource) ?? 0),
    ])
    const free: Quantities = Object.fromEntries(left)
    return { name, labels, taints: taints.filter(({ effect }) => effect !== 'PreferNoSchedule'), free }
  }
}

interface RoomQuestion {
  readonly taken: ReadonlySet<string>
  readonly growingPool: string | undefined
}

const takesRoom = (pod: Pod): boolean => pod.nodeName !== '' && !isFinished(pod)

const takesAlike = (old: Pod, pod: Pod): boolean =>
  old.nodeName === pod.nodeName && old.needs === pod.needs && takesRoom(old) === takesRoom(pod)
