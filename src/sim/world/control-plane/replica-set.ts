import { type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import {
  controllerOf,
  isActive,
  isReady,
  isTerminating,
  keyOf,
  namespaceOf,
  refFromKey,
  refOf,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { writeStatus } from '../write-status.ts'
import { podFromTemplate } from './pod-template.ts'

const replicaSets = 'replicasets.apps'

/** Keeps as many pods as `spec.replicas` says. A pod on its way out does not count, so its successor comes at once. */
export function runReplicaSets(nature: Nature): void {
  const { objects } = nature
  const api = nature.as(controllerUser('replicaset-controller'))
  const queue = new KeyQueue(nature, { actor: 'replica sets', reconcile })
  objects.on(replicaSets, ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  objects.on('pods', ({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === 'ReplicaSet') queue.add(`${namespaceOf(object)}/${owner.name}`)
  })

  function reconcile(key: string): void {
    const replicaSet = objects.get(replicaSets, refFromKey(key))
    if (replicaSet === undefined || isTerminating(replicaSet)) return
    const wanted = numberAt(replicaSet, 'spec', 'replicas') ?? 1
    const pods = objects.dependentsOf(uidOf(replicaSet)).filter(isActive)
    for (let missing = wanted - pods.length; missing > 0; missing -= 1) {
      api.create('pods', podFromTemplate({ apiVersion: 'apps/v1', kind: 'ReplicaSet', object: replicaSet }))
    }
    const surplus = Math.max(0, pods.length - wanted)
    for (const pod of dispensableFirst(pods).slice(0, surplus)) api.delete('pods', refOf(pod), { uid: uidOf(pod) })
    const ready = pods.filter(isReady).length
    writeStatus(api, replicaSets, {
      object: replicaSet,
      status: {
        replicas: Math.max(pods.length, wanted),
        fullyLabeledReplicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        observedGeneration: numberAt(replicaSet, 'metadata', 'generation') ?? 0,
      },
    })
  }
}

/** Those that are not ready, then the youngest. */
const dispensableFirst = (pods: readonly JsonObject[]): readonly JsonObject[] =>
  pods.toSorted((left, right) => {
    if (isReady(left) !== isReady(right)) return isReady(left) ? 1 : -1
    return (textAt(right, 'metadata', 'creationTimestamp') ?? '') <
      (textAt(left, 'metadata', 'creationTimestamp') ?? '')
      ? -1
      : 1
  })
