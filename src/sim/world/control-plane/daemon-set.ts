import { isEqual, type JsonObject, numberAt, textMapAt } from '../../../kernel/json.ts'
import {
  controllerOf,
  isFinished,
  isReady,
  isTerminating,
  keyOf,
  labelsOf,
  nameOf,
  namespaceOf,
  nodeNameOf,
  refFromKey,
  refOf,
  taintsOf,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { writeStatus } from '../write-status.ts'
import { podFromTemplate } from './pod-template.ts'
import { toleratesAll, tolerationsOf } from './tolerations.ts'

const daemonSets = 'daemonsets.apps'

/** What every daemon pod tolerates: a sick, full or cordoned node still has its daemons. */
const daemonTolerations: readonly JsonObject[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]

/** One pod on every node that the template tolerates and selects. Bound by this controller itself, not by the scheduler. */
export function runDaemonSets(nature: Nature): void {
  const { objects } = nature
  const api = nature.as(controllerUser('daemon-set-controller'))
  const queue = new KeyQueue(nature, { actor: 'daemon sets', reconcile })
  objects.on(daemonSets, ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  objects.on('nodes', ({ type, object, previous }) => {
    if (type === 'MODIFIED' && previous !== undefined && isEqual(placement(object), placement(previous))) return
    for (const daemonSet of objects.all(daemonSets)) queue.add(keyOf(daemonSet))
  })
  objects.on('pods', ({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === 'DaemonSet') queue.add(`${namespaceOf(object)}/${owner.name}`)
  })

  function reconcile(key: string): void {
    const daemonSet = objects.get(daemonSets, refFromKey(key))
    if (daemonSet === undefined || isTerminating(daemonSet)) return
    const pods = objects.dependentsOf(uidOf(daemonSet))
    const nodes = objects.all('nodes').filter((node) => belongsOn(daemonSet, node))
    for (const pod of pods.filter(isFinished)) api.delete('pods', refOf(pod), { uid: uidOf(pod) })
    for (const node of nodes) {
      const isThere = pods.some((pod) => nodeNameOf(pod) === nameOf(node) && !isFinished(pod))
      if (!isThere && !isTerminating(node)) api.create('pods', daemonPod(daemonSet, nameOf(node)))
    }
    const ready = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length
    writeStatus(api, daemonSets, {
      object: daemonSet,
      status: {
        desiredNumberScheduled: nodes.length,
        currentNumberScheduled: Math.min(pods.length, nodes.length),
        updatedNumberScheduled: Math.min(pods.length, nodes.length),
        numberReady: ready,
        numberAvailable: ready,
        numberMisscheduled: 0,
        observedGeneration: numberAt(daemonSet, 'metadata', 'generation') ?? 0,
      },
    })
  }
}

/** What of a node decides which daemons it has. */
const placement = (node: JsonObject): unknown => [isTerminating(node), labelsOf(node), taintsOf(node)]

function belongsOn(daemonSet: JsonObject, node: JsonObject): boolean {
  const labels = labelsOf(node)
  const selector = Object.entries(textMapAt(daemonSet, 'spec', 'template', 'spec', 'nodeSelector'))
  return (
    selector.every(([key, value]) => labels[key] === value) &&
    toleratesAll(daemonPod(daemonSet, nameOf(node)), taintsOf(node))
  )
}

function daemonPod(daemonSet: JsonObject, nodeName: string): JsonObject {
  const pod = podFromTemplate({ apiVersion: 'apps/v1', kind: 'DaemonSet', object: daemonSet })
  return podFromTemplate(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', object: daemonSet },
    { spec: { nodeName, tolerations: [...tolerationsOf(pod), ...daemonTolerations] } },
  )
}
