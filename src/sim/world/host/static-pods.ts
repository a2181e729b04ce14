import type { JsonObject } from '../../../kernel/json.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { nodeNameOf, uidOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'

/** A manifest in a directory of the node. */
export interface StaticPod {
  readonly namespace: string
  readonly name: string
  readonly image: string
}

/** Shows static pods to the API server as mirror pods, and shows them again when somebody deletes them there. */
export class StaticPods {
  readonly #nature: Nature
  readonly #nodeName: string
  readonly #pods: readonly StaticPod[]
  readonly #api: WorldClient
  #queue: KeyQueue | undefined

  constructor(nature: Nature, nodeName: string, pods: readonly StaticPod[]) {
    this.#nature = nature
    this.#nodeName = nodeName
    this.#pods = pods
    this.#api = nature.as(`system:node:${nodeName}`)
    if (pods.length === 0) return
    nature.objects.onPodOf(nodeName, ({ type }) => {
      if (type === 'DELETED') this.#lookAtAll()
    })
  }

  go(timers: Lifetime): void {
    this.#queue = new KeyQueue(this.#nature, {
      actor: `static pods of ${this.#nodeName}`,
      timers,
      reconcile: (name) => this.#look(name),
    })
    this.#lookAtAll()
  }

  #lookAtAll(): void {
    for (const { name } of this.#pods) this.#queue?.add(name)
  }

  #look(name: string): void {
    const pod = this.#pods.find((known) => known.name === name)
    const node = this.#nature.objects.get('nodes', { name: this.#nodeName })
    if (pod === undefined || node === undefined) return
    const mirror = mirrorOf(pod, node, this.#nodeName)
    const known = this.#nature.objects.get('pods', { namespace: pod.namespace, name: `${name}-${this.#nodeName}` })
    if (known === undefined || nodeNameOf(known) !== this.#nodeName) this.#api.create('pods', mirror)
  }
}

function mirrorOf({ namespace, name, image }: StaticPod, node: JsonObject, nodeName: string): JsonObject {
  const hash = `${name}-${nodeName}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name: `${name}-${nodeName}`,
      labels: { component: name, tier: 'control-plane' },
      annotations: {
        'kubernetes.io/config.hash': hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.source': 'file',
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: uidOf(node), controller: true }],
    },
    spec: {
      nodeName,
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      restartPolicy: 'Always',
      containers: [{ name, image }],
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    },
  }
}
