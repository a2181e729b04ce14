import type { JsonObject } from '../../../kernel/json.ts'
import { isFinished, isReady, isTerminating, keyOf, nodeNameOf, refFromKey, refOf, taintsOf, uidOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'

/** Removes pods that no kubelet will ever remove: bound to a Node that is gone, or going on one that is out of service. */
export function runPodGC(nature: Nature): void {
  const { objects, timings } = nature
  const api = nature.as(controllerUser('pod-garbage-collector'))
  const queue = new KeyQueue(nature, { actor: 'pod gc', reconcile })
  objects.on('nodes', ({ type, object }) => {
    const nodeName = keyOf(object)
    const waitMs = type === 'DELETED' ? timings.orphanQuarantineMs : undefined
    for (const pod of objects.podsOn(nodeName)) queue.add(keyOf(pod), waitMs)
  })
  objects.on('pods', ({ type, object }) => {
    if (type === 'DELETED' || nodeNameOf(object) === '') return
    if (objects.get('nodes', { name: nodeNameOf(object) }) === undefined)
      queue.add(keyOf(object), timings.orphanQuarantineMs)
    else if (isTerminating(object)) queue.add(keyOf(object))
  })

  function reconcile(key: string): void {
    const pod = objects.get('pods', refFromKey(key))
    if (pod === undefined || nodeNameOf(pod) === '') return
    const node = objects.get('nodes', { name: nodeNameOf(pod) })
    if (node !== undefined && !(isTerminating(pod) && isOutOfService(node))) return
    if (!isFinished(pod)) api.patchStatus('pods', refOf(pod), { status: { phase: 'Failed' } })
    api.delete('pods', refOf(pod), { gracePeriodSeconds: 0, uid: uidOf(pod) })
  }
}

/** A node that is Ready can remove its pods itself, whatever its taints say. */
const isOutOfService = (node: JsonObject): boolean =>
  !isReady(node) && taintsOf(node).some(({ key }) => key === 'node.kubernetes.io/out-of-service')
