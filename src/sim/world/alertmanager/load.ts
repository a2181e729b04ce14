import { controllerOf, isActive, nodeNameOf, podIdentity, uidOf } from '../fields.ts'
import type { Nature } from '../nature.ts'

/** How busy nodes are, in percent: the sum of what their pods cause. The load of a pod goes with the pod. */
export class Load {
  readonly #nature: Nature
  readonly #byPod = new Map<string, number>()
  readonly #listeners: ((nodeName: string) => void)[] = []

  constructor(nature: Nature) {
    this.#nature = nature
    nature.objects.on('pods', ({ type, object }) => {
      if (!this.#byPod.has(uidOf(object))) return
      if (type === 'DELETED') this.#byPod.delete(uidOf(object))
      this.#tell(nodeNameOf(object))
    })
  }

  of(nodeName: string): number {
    const pods = this.#nature.objects.podsOn(nodeName).filter(isActive)
    return pods.reduce((sum, pod) => sum + (this.#byPod.get(uidOf(pod)) ?? 0), 0)
  }

  /** Spreads this much over the pods of the node that a drain would move. False: there are none. */
  burden(nodeName: string, percent: number): boolean {
    const pods = this.#nature.objects.podsOn(nodeName).filter(isActive)
    const movable = pods.filter((pod) => !['DaemonSet', 'Node'].includes(controllerOf(pod)?.kind ?? ''))
    for (const pod of movable) this.#byPod.set(podIdentity(pod).uid, percent / movable.length)
    this.#tell(nodeName)
    return movable.length > 0
  }

  onChange(listener: (nodeName: string) => void): void {
    this.#listeners.push(listener)
  }

  #tell(nodeName: string): void {
    for (const listener of this.#listeners) listener(nodeName)
  }
}
