import { at, isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import {
  controllerOf,
  isFinished,
  isReady,
  isTerminating,
  keyOf,
  nameOf,
  namespaceOf,
  refFromKey,
  refOf,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { claims } from '../volumes/volume-names.ts'
import { writeStatus } from '../write-status.ts'
import { podFromTemplate } from './pod-template.ts'

const statefulSets = 'statefulsets.apps'

/**
 * One pod per ordinal, never two: a pod that is going keeps its name until it is gone, and its successor waits. Ordinals come and
 * go in order (`OrderedReady`); `Parallel` waits for nobody.
 */
export function runStatefulSets(nature: Nature): void {
  const { objects } = nature
  const api = nature.as(controllerUser('statefulset-controller'))
  const queue = new KeyQueue(nature, { actor: 'stateful sets', reconcile })
  objects.on(statefulSets, ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  objects.on('pods', ({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === 'StatefulSet') queue.add(`${namespaceOf(object)}/${owner.name}`)
  })

  function reconcile(key: string): void {
    const set = objects.get(statefulSets, refFromKey(key))
    if (set === undefined || isTerminating(set)) return
    const pods = objects.dependentsOf(uidOf(set))
    const replicas = numberAt(set, 'spec', 'replicas') ?? 1
    if (fillOrdinals(set, replicas)) shrink(set, replicas)
    const ready = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length
    writeStatus(api, statefulSets, {
      object: set,
      status: {
        replicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        currentReplicas: pods.length,
        updatedReplicas: pods.length,
        observedGeneration: numberAt(set, 'metadata', 'generation') ?? 0,
      },
    })
  }

  /** True: every ordinal has its pod, and nothing is waited for. */
  function fillOrdinals(set: JsonObject, replicas: number): boolean {
    const isOrdered = textAt(set, 'spec', 'podManagementPolicy') !== 'Parallel'
    let isComplete = true
    for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
      if (isSettled(set, ordinal)) continue
      isComplete = false
      if (isOrdered) return false
    }
    return isComplete
  }

  function isSettled(set: JsonObject, ordinal: number): boolean {
    const name = `${nameOf(set)}-${ordinal}`
    const pod = objects.get('pods', { namespace: namespaceOf(set), name })
    if (pod === undefined) {
      for (const claim of claimsFor(set, ordinal))
        if (objects.get(claims, refOf(claim)) === undefined) api.create(claims, claim)
      api.create('pods', podFor(set, ordinal))
      return false
    }
    if (isFinished(pod) && !isTerminating(pod)) api.delete('pods', refOf(pod), { uid: uidOf(pod) })
    return isReady(pod) && !isTerminating(pod)
  }

  /** The highest first, one at a time. */
  function shrink(set: JsonObject, replicas: number): void {
    const surplus = objects.dependentsOf(uidOf(set)).filter((pod) => ordinalOf(pod) >= replicas)
    const last = surplus.toSorted((left, right) => ordinalOf(right) - ordinalOf(left))[0]
    if (last !== undefined && !isTerminating(last)) api.delete('pods', refOf(last), { uid: uidOf(last) })
  }
}

const ordinalOf = (pod: JsonObject): number => Number(/-(\d+)$/.exec(nameOf(pod))?.[1] ?? Number.NaN)

const templatesOf = (set: JsonObject): readonly JsonObject[] =>
  listAt(set, 'spec', 'volumeClaimTemplates').filter(isObject)

const claimsFor = (set: JsonObject, ordinal: number): readonly JsonObject[] =>
  templatesOf(set).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: namespaceOf(set), name: `${nameOf(template)}-${nameOf(set)}-${ordinal}` },
    spec: objectIn(template, 'spec'),
  }))

function objectIn(parent: JsonObject, member: string): JsonObject {
  const found = at(parent, member)
  return isObject(found) ? found : {}
}

function podFor(set: JsonObject, ordinal: number): JsonObject {
  const name = `${nameOf(set)}-${ordinal}`
  const own = templatesOf(set).map((template) => ({
    name: nameOf(template),
    persistentVolumeClaim: { claimName: `${nameOf(template)}-${name}` },
  }))
  return podFromTemplate(
    { apiVersion: 'apps/v1', kind: 'StatefulSet', object: set },
    {
      name,
      labels: { 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': `${ordinal}` },
      spec: {
        hostname: name,
        subdomain: textAt(set, 'spec', 'serviceName') ?? '',
        volumes: [...listAt(set, 'spec', 'template', 'spec', 'volumes').filter(isObject), ...own],
      },
    },
  )
}
