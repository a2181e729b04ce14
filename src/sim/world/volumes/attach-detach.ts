import { at, isEqual, isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { type Instant, later } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { isFinished, isReady, isTerminating, kubeTime, nameOf, nodeNameOf, refOf, taintsOf, uidOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import {
  attachmentNameOf,
  attachments,
  claimNamesOf,
  claims,
  driver,
  isAttachmentOf,
  isExclusive,
  listedVolumes,
  uniqueNameOf,
  volumes,
  volumesOf,
} from './volume-names.ts'

/**
 * The attach-detach controller of kube-controller-manager: a volume follows the pods that want it. It leaves a node when the node
 * says that it is not in use; or when nobody has wanted it there for six minutes and the node is not Ready; or at once when the
 * node is out of service. The last two take the word of somebody who did not look.
 */
export function runAttachDetach(nature: Nature): void {
  const controller = new AttachDetach(nature)
  const { objects } = nature
  objects.on('pods', ({ object }) => controller.podChanged(object))
  objects.on(claims, ({ object }) => controller.look(textAt(object, 'spec', 'volumeName') ?? ''))
  objects.on(attachments, ({ object }) =>
    controller.look(textAt(object, 'spec', 'source', 'persistentVolumeName') ?? ''),
  )
  objects.on('nodes', ({ object, previous }) => {
    if (previous === undefined || !isEqual(bearingOf(object), bearingOf(previous)))
      controller.nodeChanged(nameOf(object))
  })
}

/** What of a node decides about its volumes. */
const bearingOf = (node: JsonObject): unknown => [
  isReady(node),
  isOutOfService(node),
  listedVolumes(node, 'volumesInUse'),
  listedVolumes(node, 'volumesAttached'),
]

const isOutOfService = (node: JsonObject): boolean =>
  taintsOf(node).some(({ key }) => key === 'node.kubernetes.io/out-of-service')

class AttachDetach {
  readonly #nature: Nature
  readonly #api: WorldClient
  readonly #queue: KeyQueue
  /** By name of the attachment: since when nobody wants it. */
  readonly #unwantedSince = new Map<string, Instant>()
  readonly #warned = new Set<string>()

  constructor(nature: Nature) {
    this.#nature = nature
    this.#api = nature.as(controllerUser('attachdetach-controller'))
    this.#queue = new KeyQueue(nature, { actor: 'attach-detach', reconcile: (name) => this.#reconcile(name) })
  }

  look(volumeName: string): void {
    if (volumeName !== '') this.#queue.add(volumeName)
  }

  podChanged(pod: JsonObject): void {
    if (claimNamesOf(pod).length === 0) return
    for (const volume of volumesOf(this.#nature.objects, pod) ?? []) this.look(nameOf(volume))
  }

  nodeChanged(nodeName: string): void {
    const here = this.#nature.objects.all(attachments).filter((one) => textAt(one, 'spec', 'nodeName') === nodeName)
    for (const one of here) this.look(textAt(one, 'spec', 'source', 'persistentVolumeName') ?? '')
  }

  #reconcile(volumeName: string): void {
    const { objects } = this.#nature
    const volume = objects.get(volumes, { name: volumeName })
    if (volume === undefined) return
    const wanting = this.#podsWanting(volume)
    for (const attachment of this.#attachmentsOf(volume)) {
      const nodeName = textAt(attachment, 'spec', 'nodeName') ?? ''
      if (wanting.some((pod) => nodeNameOf(pod) === nodeName)) this.#keep(attachment, volume)
      else if (!isTerminating(attachment)) this.#letGo(attachment, volume)
    }
    for (const pod of wanting) this.#attach(volume, pod)
  }

  /** Bound, and with a container that may still run. */
  #podsWanting(volume: JsonObject): readonly JsonObject[] {
    const { objects } = this.#nature
    const namespace = textAt(volume, 'spec', 'claimRef', 'namespace') ?? ''
    const claimName = textAt(volume, 'spec', 'claimRef', 'name') ?? ''
    return objects
      .all('pods')
      .filter(
        (pod) =>
          textAt(pod, 'metadata', 'namespace') === namespace &&
          claimNamesOf(pod).includes(claimName) &&
          nodeNameOf(pod) !== '' &&
          !isOver(pod),
      )
  }

  #attachmentsOf(volume: JsonObject): readonly JsonObject[] {
    return this.#nature.objects.all(attachments).filter((one) => isAttachmentOf(one, volume))
  }

  #attach(volume: JsonObject, pod: JsonObject): void {
    const nodeName = nodeNameOf(pod)
    const present = this.#attachmentsOf(volume)
    if (present.some((one) => textAt(one, 'spec', 'nodeName') === nodeName)) return
    if (isExclusive(volume) && present.length > 0) {
      this.#warn(volume, pod)
      return
    }
    this.#api.create(attachments, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentNameOf(volume, nodeName) },
      spec: { attacher: driver, nodeName, source: { persistentVolumeName: nameOf(volume) } },
    })
  }

  /** Wanted: once attached, the node is told that it may mount. */
  #keep(attachment: JsonObject, volume: JsonObject): void {
    this.#unwantedSince.delete(nameOf(attachment))
    if (isTerminating(attachment) || at(attachment, 'status', 'attached') !== true) return
    const node = this.#nodeOf(attachment)
    const name = uniqueNameOf(volume)
    if (node === undefined || listedVolumes(node, 'volumesAttached').includes(name)) return
    this.#report(node, [...attachedTo(node), { name, devicePath: '' }])
  }

  #letGo(attachment: JsonObject, volume: JsonObject): void {
    const { timers, timings } = this.#nature
    const node = this.#nodeOf(attachment)
    const since = this.#unwantedSince.get(nameOf(attachment)) ?? timers.now()
    this.#unwantedSince.set(nameOf(attachment), since)
    const name = uniqueNameOf(volume)
    if (node !== undefined && listedVolumes(node, 'volumesInUse').includes(name) && !isOutOfService(node)) {
      const leftMs = later(since, timings.forceDetachMs) - timers.now()
      if (leftMs > 0) this.#queue.add(nameOf(volume), leftMs)
      if (leftMs > 0 || isReady(node)) return
    }
    if (node !== undefined && listedVolumes(node, 'volumesAttached').includes(name)) {
      const others = attachedTo(node).filter((entry) => textAt(entry, 'name') !== name)
      this.#report(node, others)
    }
    this.#unwantedSince.delete(nameOf(attachment))
    this.#api.delete(attachments, refOf(attachment), { uid: uidOf(attachment) })
  }

  #nodeOf(attachment: JsonObject): JsonObject | undefined {
    return this.#nature.objects.get('nodes', { name: textAt(attachment, 'spec', 'nodeName') ?? '' })
  }

  #report(node: JsonObject, volumesAttached: readonly JsonObject[]): void {
    this.#api.patchStatus('nodes', refOf(node), { status: { volumesAttached } })
  }

  #warn(volume: JsonObject, pod: JsonObject): void {
    const key = `${nameOf(volume)} ${uidOf(pod)}`
    if (this.#warned.has(key)) return
    this.#warned.add(key)
    const namespace = textAt(pod, 'metadata', 'namespace') ?? ''
    const at = kubeTime(this.#nature.timers.now())
    this.#api.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name: `${nameOf(pod)}.multi-attach.${uidOf(pod)}` },
      involvedObject: { kind: 'Pod', namespace, name: nameOf(pod), uid: uidOf(pod), apiVersion: 'v1' },
      reason: 'FailedAttachVolume',
      message: `Multi-Attach error for volume "${nameOf(volume)}" ${multiAttach}`,
      type: 'Warning',
      source: { component: 'attachdetach-controller' },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    })
  }
}

const multiAttach = "Volume is already exclusively attached to one node and can't be attached to another"

const attachedTo = (node: JsonObject): readonly JsonObject[] =>
  listAt(node, 'status', 'volumesAttached').filter(isObject)

/** Finished, or going with no container running: it needs no volume any more. */
function isOver(pod: JsonObject): boolean {
  if (isFinished(pod)) return true
  const running = listAt(pod, 'status', 'containerStatuses').some(
    (status) => at(status, 'state', 'running') !== undefined,
  )
  return isTerminating(pod) && !running
}
