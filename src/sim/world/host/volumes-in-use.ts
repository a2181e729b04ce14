import type { JsonObject } from '../../../kernel/json.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { uidOf } from '../fields.ts'
import type { Nature } from '../nature.ts'
import { claimNamesOf, listedVolumes, uniqueNameOf, volumesOf } from '../volumes/volume-names.ts'
import type { Machine } from './machine.ts'

/** The kubelet's word about volumes: what it uses or is about to use, told before it mounts, and taken back after it unmounted. */
export class VolumesInUse {
  readonly #nature: Nature
  readonly #machine: Machine
  readonly #api: WorldClient
  readonly #byPod = new Map<string, readonly string[]>()

  constructor(nature: Nature, machine: Machine) {
    this.#nature = nature
    this.#machine = machine
    this.#api = nature.as(`system:node:${machine.name}`)
  }

  get names(): readonly string[] {
    return [...new Set([...this.#byPod.values()].flat())].toSorted()
  }

  /** Whether all volumes of the pod may be mounted now: told to be in use, and attached. */
  mayMount(pod: JsonObject): boolean {
    if (claimNamesOf(pod).length === 0) return true
    const bound = volumesOf(this.#nature.objects, pod)
    if (bound === undefined) return false
    const names = bound.map(uniqueNameOf)
    this.#byPod.set(uidOf(pod), names)
    this.post()
    const node = this.#nature.objects.get('nodes', { name: this.#machine.name })
    const attached = node === undefined ? [] : listedVolumes(node, 'volumesAttached')
    return names.every((name) => attached.includes(name))
  }

  unmounted(podUID: string): void {
    if (this.#byPod.delete(podUID)) this.post()
  }

  /** The machine booted: nothing is mounted. */
  forget(): void {
    this.#byPod.clear()
  }

  post(): void {
    const { name } = this.#machine
    const node = this.#nature.objects.get('nodes', { name })
    if (node === undefined || !this.#machine.isConnected) return
    const before = listedVolumes(node, 'volumesInUse').toSorted()
    const { names } = this
    if (before.length === names.length && before.every((volume, index) => volume === names[index])) return
    this.#api.patchStatus('nodes', { name }, { status: { volumesInUse: names.length === 0 ? null : names } })
  }
}
