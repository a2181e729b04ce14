import { type JsonObject, textAt } from '../../../kernel/json.ts'
import { minutes, rfc3339, seconds } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { isReady, isUnschedulable, nameOf } from '../../world/fields.ts'
import type { World } from '../../world/world.ts'
import { keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'

const user = 'system:serviceaccount:kube-system:kured'
const daemonSet = { namespace: 'kube-system', name: 'kured' }
const lockAnnotation = 'weave.works/kured-node-lock'
const giveUpMs = minutes(15)

/** What kured remembers of the one node that it holds its lock for. */
interface Reboot {
  readonly nodeName: string
  readonly bootID: string
  readonly wasCordoned: boolean
  readonly since: number
}

/** Reboots nodes for updates, one at a time, under a lock in an annotation of its DaemonSet: cordon, reboot, uncordon, unlock. */
export const kured: Actor = {
  name: 'Kured',
  start: (parts) => {
    const rival = new Kured(parts)
    const end = keepActing(parts, { acts: [() => rival.begin()], tidy: () => rival.isIdle })
    rival.followForEver()
    return end
  },
}

class Kured {
  readonly #parts: ActorParts
  readonly #world: World
  readonly #api: WorldClient
  #reboot: Reboot | undefined

  constructor(parts: ActorParts) {
    this.#parts = parts
    this.#world = parts.world
    this.#api = parts.world.as(user)
    if (this.#world.objects.get('daemonsets.apps', daemonSet) === undefined)
      this.#api.create('daemonsets.apps', manifest)
  }

  get isIdle(): boolean {
    return this.#reboot === undefined
  }

  begin(): string | undefined {
    const nodes = this.#world.objects.all('nodes').filter((node) => isReady(node) && !isUnschedulable(node))
    const node = oneOf(nodes, this.#parts.prng)
    if (node === undefined || !this.isIdle || !this.#world.fleet.hosts.has(nameOf(node))) return undefined
    const nodeName = nameOf(node)
    this.#lock(nodeName)
    const bootID = textAt(node, 'status', 'nodeInfo', 'bootID') ?? ''
    this.#reboot = { nodeName, bootID, wasCordoned: isUnschedulable(node), since: this.#parts.timers.now() }
    this.#api.patch('nodes', { name: nodeName }, { spec: { unschedulable: true } })
    this.#parts.timers.after(seconds(20), () => this.#world.fleet.hosts.get(nodeName)?.machine.reboot())
    return `locks, cordons and reboots ${nodeName}`
  }

  followForEver(): void {
    this.#follow()
    this.#parts.timers.after(seconds(15), () => this.followForEver())
  }

  #follow(): void {
    const reboot = this.#reboot
    if (reboot === undefined) return
    const node = this.#world.objects.get('nodes', { name: reboot.nodeName })
    const hasBooted = node !== undefined && textAt(node, 'status', 'nodeInfo', 'bootID') !== reboot.bootID
    const isOver = node === undefined || (hasBooted && isReady(node))
    if (!isOver && this.#parts.timers.now() - reboot.since < giveUpMs) return
    if (node !== undefined && !reboot.wasCordoned)
      this.#api.patch('nodes', { name: reboot.nodeName }, { spec: { unschedulable: false } })
    this.#reboot = undefined
    this.#lock(undefined)
    this.#parts.note(`uncordons ${reboot.nodeName} and gives its lock back`)
  }

  #lock(nodeID: string | undefined): void {
    const created = rfc3339(this.#parts.timers.now())
    const lock =
      nodeID === undefined ? null : JSON.stringify({ nodeID, metadata: { unschedulable: false }, created, TTL: 0 })
    this.#api.patch('daemonsets.apps', daemonSet, { metadata: { annotations: { [lockAnnotation]: lock } } })
  }
}

const manifest: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { ...daemonSet, labels: { name: 'kured' } },
  spec: {
    selector: { matchLabels: { name: 'kured' } },
    template: {
      metadata: { labels: { name: 'kured' } },
      spec: {
        containers: [{ name: 'kured', image: 'registry.example/kured:1' }],
        tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
      },
    },
  },
}
