import type { JsonObject } from '../../../../src/kernel/json.ts'
import { sendAll } from '../../../bulk.ts'
import { setHeartbeat } from '../../../kwok/cluster.ts'
import type { SickNode } from '../../../rule-pack/sick-node.ts'
import { container } from '../../../scenario/arrange.ts'
import { nameOf } from '../../../scenario/conditions.ts'
import { detectorLimitSeconds, type Fault } from '../fault.ts'

/** What no detector on the node could tell: the API server shows it. */
export const clusterFaults: readonly Fault[] = [
  {
    name: 'eviction-storm',
    group: 'kubelet',
    injected: 'the kubelet evicts ten pods',
    evidence: 'Real',
    signal: { evictionStorm: { evictions: 10, windowSeconds: 300 } },
    diagnosis: 'eviction-storm',
    class: 'Load',
    arrange: startPods,
    strike: evictPods,
    limitSeconds: detectorLimitSeconds,
  },
  {
    name: 'kubelet-silent',
    group: 'kubelet',
    injected: 'the kubelet renews its Lease no more',
    evidence: 'Real',
    signal: { lease: { silentSeconds: 20 } },
    diagnosis: 'node-dead',
    class: 'Fault',
    strike: ({ bed, name }) => setHeartbeat(bed.kubectl, name, false),
    limitSeconds: 30,
  },
]

const namespace = 'default'

const podsOf = ({ name }: SickNode): readonly JsonObject[] =>
  Array.from({ length: 10 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-${index + 1}`, namespace },
    spec: { nodeName: name, containers: [container('100m')] },
  }))

async function startPods(node: SickNode): Promise<void> {
  const { kubectl } = node.bed
  const names = podsOf(node).map(nameOf)
  const remove = (): Promise<string> =>
    kubectl.run(['delete', 'pods', `--namespace=${namespace}`, '--ignore-not-found', '--wait', ...names])
  await remove()
  node.afterwards(remove)
  await kubectl.create(podsOf(node))
  const running = ['wait', '--for=jsonpath={.status.phase}=Running', '--timeout=20s', `--namespace=${namespace}`]
  await kubectl.run([...running, ...names.map((name) => `pod/${name}`)])
}

/** As a kubelet under pressure writes it. */
function evictPods(node: SickNode): Promise<void> {
  const target = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'TerminationByKubelet',
    message: 'The node was low on resource: memory.',
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  }
  const status = { phase: 'Failed', reason: 'Evicted', message: target.message, conditions: [target] }
  return sendAll(
    node.bed,
    podsOf(node).map((pod) => ({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/pods/${nameOf(pod)}/status`,
      body: { status },
      patch: 'strategic-merge',
    })),
  )
}
