import { at, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { isTerminating, keyOf, nameOf, namespaceOf, refFromKey, refOf, uidOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import { claims, driver, volumes } from './volume-names.ts'

/** Makes a disk for every claim as soon as there is one, and binds the two: a CSI provisioner and the volume binder in one. */
export function runVolumeProvisioner(nature: Nature): void {
  const { objects } = nature
  const api = nature.as('system:serviceaccount:kube-system:csi-provisioner')
  const queue = new KeyQueue(nature, { actor: 'volume provisioner', reconcile })
  objects.on(claims, ({ type, object }) => {
    if (type !== 'DELETED' && textAt(object, 'status', 'phase') !== 'Bound') queue.add(keyOf(object))
  })

  function reconcile(key: string): void {
    const claim = objects.get(claims, refFromKey(key))
    if (claim === undefined || isTerminating(claim) || textAt(claim, 'status', 'phase') === 'Bound') return
    const name = `pvc-${uidOf(claim)}`
    if (objects.get(volumes, { name }) === undefined) api.create(volumes, volumeFor(claim, name))
    api.patchStatus(volumes, { name }, { status: { phase: 'Bound' } })
    if (textAt(claim, 'spec', 'volumeName') === undefined)
      api.patch(claims, refOf(claim), { spec: { volumeName: name } })
    const accessModes = accessModesOf(claim)
    api.patchStatus(claims, refOf(claim), { status: { phase: 'Bound', accessModes, capacity: capacityOf(claim) } })
  }
}

const volumeFor = (claim: JsonObject, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': driver } },
  spec: {
    accessModes: accessModesOf(claim),
    capacity: capacityOf(claim),
    claimRef: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: namespaceOf(claim),
      name: nameOf(claim),
      uid: uidOf(claim),
    },
    csi: { driver, volumeHandle: uidOf(claim) },
    persistentVolumeReclaimPolicy: 'Delete',
  },
})

const accessModesOf = (claim: JsonObject): readonly string[] =>
  listAt(claim, 'spec', 'accessModes').filter((mode) => typeof mode === 'string')

const capacityOf = (claim: JsonObject): JsonObject => ({
  storage: textAt(at(claim, 'spec', 'resources'), 'requests', 'storage') ?? '1Gi',
})
