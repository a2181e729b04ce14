import { at, isObject, type JsonObject, numberAt, stableStringify, textMapAt } from '../../../kernel/json.ts'
import { hashText } from '../../../kernel/prng.ts'
import { withConditions } from '../conditions.ts'
import {
  controllerOf,
  isTerminating,
  keyOf,
  nameOf,
  namespaceOf,
  ownerReference,
  refFromKey,
  refOf,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import { writeStatus } from '../write-status.ts'

const deployments = 'deployments.apps'
const replicaSets = 'replicasets.apps'

/** Each template has one ReplicaSet; that of the present template gets all replicas at once, the others none. */
export function runDeployments(nature: Nature): void {
  const { objects, timers } = nature
  const api = nature.as(controllerUser('deployment-controller'))
  const queue = new KeyQueue(nature, { actor: 'deployments', reconcile })
  objects.on(deployments, ({ type, object }) => {
    if (type !== 'DELETED') queue.add(keyOf(object))
  })
  objects.on(replicaSets, ({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === 'Deployment') queue.add(`${namespaceOf(object)}/${owner.name}`)
  })

  function reconcile(key: string): void {
    const deployment = objects.get(deployments, refFromKey(key))
    if (deployment === undefined || isTerminating(deployment)) return
    const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1
    const present = replicaSetOf(deployment)
    const owned = objects.dependentsOf(uidOf(deployment))
    for (const replicaSet of owned) scale(replicaSet, nameOf(replicaSet) === nameOf(present) ? wanted : 0)
    const stored = owned.find((replicaSet) => nameOf(replicaSet) === nameOf(present))
    if (stored === undefined) api.create(replicaSets, present)
    report(deployment, { wanted, ready: numberAt(stored, 'status', 'readyReplicas') ?? 0 })
  }

  function scale(replicaSet: JsonObject, replicas: number): void {
    if (numberAt(replicaSet, 'spec', 'replicas') !== replicas)
      api.patch(replicaSets, refOf(replicaSet), { spec: { replicas } })
  }

  function report(
    deployment: JsonObject,
    { wanted, ready }: { readonly wanted: number; readonly ready: number },
  ): void {
    const isAvailable = ready >= wanted
    const said = [
      {
        type: 'Available',
        status: isAvailable ? 'True' : 'False',
        reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: isAvailable
          ? 'Deployment has minimum availability.'
          : 'Deployment does not have minimum availability.',
      },
    ] as const
    const status = {
      replicas: wanted,
      updatedReplicas: wanted,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, wanted - ready),
      observedGeneration: numberAt(deployment, 'metadata', 'generation') ?? 0,
      conditions: withConditions(deployment, said, { now: timers.now() }),
    }
    writeStatus(api, deployments, { object: deployment, status })
  }
}

function replicaSetOf(deployment: JsonObject): JsonObject {
  const template = at(deployment, 'spec', 'template')
  const hash = hashText(stableStringify(template), 0).toString(36)
  const labels = { ...textMapAt(template, 'metadata', 'labels'), 'pod-template-hash': hash }
  const selector = { ...textMapAt(deployment, 'spec', 'selector', 'matchLabels'), 'pod-template-hash': hash }
  const templateSpec = at(template, 'spec')
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: namespaceOf(deployment),
      name: `${nameOf(deployment)}-${hash}`,
      labels,
      ownerReferences: [ownerReference('apps/v1', 'Deployment', deployment)],
    },
    spec: {
      replicas: numberAt(deployment, 'spec', 'replicas') ?? 1,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations: textMapAt(template, 'metadata', 'annotations') },
        spec: isObject(templateSpec) ? templateSpec : {},
      },
    },
  }
}
