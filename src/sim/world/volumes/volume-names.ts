import { isObject, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { sha256 } from '../../../kernel/sha256.ts'
import { nameOf, namespaceOf } from '../fields.ts'
import type { Objects } from '../objects.ts'

export const claims = 'persistentvolumeclaims'
export const volumes = 'persistentvolumes'
export const attachments = 'volumeattachments.storage.k8s.io'

/** The driver of all disks of this world: over the network, and without a lock of its own. */
export const driver = 'disk.world.prunella.dev'

/** As nodes list volumes in `volumesAttached` and `volumesInUse`. */
export const uniqueNameOf = (volume: JsonObject): string =>
  `kubernetes.io/csi/${driver}^${textAt(volume, 'spec', 'csi', 'volumeHandle') ?? ''}`

/** As the attach-detach controller names its object for a volume on a node. */
export const attachmentNameOf = (volume: JsonObject, nodeName: string): string =>
  `csi-${sha256(`${textAt(volume, 'spec', 'csi', 'volumeHandle') ?? ''}${driver}${nodeName}`)}`

/** Names in the pod's own namespace. */
export const claimNamesOf = (pod: JsonObject): readonly string[] =>
  listAt(pod, 'spec', 'volumes')
    .filter(isObject)
    .flatMap((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') ?? [])

/** Undefined: a claim is missing, or no volume is bound to it yet. */
export function volumesOf(objects: Objects, pod: JsonObject): readonly JsonObject[] | undefined {
  const found = claimNamesOf(pod).map((name) => {
    const claim = objects.get(claims, { namespace: namespaceOf(pod), name })
    const volumeName = textAt(claim, 'spec', 'volumeName')
    return volumeName === undefined ? undefined : objects.get(volumes, { name: volumeName })
  })
  return found.every((volume) => volume !== undefined) ? found.filter((volume) => volume !== undefined) : undefined
}

/** One node at a time may have it. */
export const isExclusive = (volume: JsonObject): boolean =>
  listAt(volume, 'spec', 'accessModes').every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')

export const isAttachmentOf = (attachment: JsonObject, volume: JsonObject): boolean =>
  textAt(attachment, 'spec', 'source', 'persistentVolumeName') === nameOf(volume)

/** The volumes that a node lists in its status. */
export const listedVolumes = (node: JsonObject, list: 'volumesInUse' | 'volumesAttached'): readonly string[] =>
  listAt(node, 'status', list).flatMap((entry) => (isObject(entry) ? (textAt(entry, 'name') ?? []) : [String(entry)]))
