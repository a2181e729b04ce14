import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../src/kernel/json.ts'
import type { Kubectl } from '../kubectl.ts'
import { kubeletLabel, nodeManifest, zoneOf } from '../kwok/nodes.ts'
import { conditionOf } from '../scenario/conditions.ts'
import type { Stage } from '../scenario/scenario.ts'
import { wait } from '../wait.ts'

/** Nodes by the hundred whose kubelets kwok plays, evenly in three zones. */
export interface FleetNode {
  readonly name: string
  readonly zone: string
}

export const fleetLabel = 'testbed.prunella.dev/fleet'
/** The condition by which a node of the fleet is sick. */
export const fleetCondition = 'KernelDeadlock'

/** They are there and Ready, and gone with their pods when the story is over. */
export async function arrangeFleet(
  { bed: { kubectl }, afterwards, say }: Stage,
  count: number,
): Promise<readonly FleetNode[]> {
  await removeFleet(kubectl)
  afterwards('removing the fleet', () => removeFleet(kubectl))
  const fleet = Array.from({ length: count }, (_, index) => ({
    name: `fleet-${String(index + 1).padStart(3, '0')}`,
    zone: zoneOf(index),
  }))
  const began = performance.now()
  await kubectl.create(
    fleet.map((node) => nodeManifest({ ...node, bootID: randomUUID(), labels: { [fleetLabel]: 'true' } })),
  )
  await fleetReady(kubectl, count)
  await report(kubectl, fleet, 'False')
  say(`${count} nodes are Ready after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  return fleet
}

export const listFleet = (kubectl: Kubectl): Promise<readonly JsonObject[]> =>
  kubectl.list(['get', 'nodes', `--selector=${fleetLabel}`])

const fleetReady = (kubectl: Kubectl, count: number): Promise<true> =>
  wait(
    `${count} nodes of the fleet to be Ready`,
    async () => {
      const ready = (await listFleet(kubectl)).filter((node) => conditionOf(node, 'Ready') === 'True')
      return ready.length === count ? true : undefined
    },
    { deadlineMs: 180_000, everyMs: 1_000 },
  )

/** Nodes without a kubelet for kwok first: it would register none anew, but its leases would outlive them. */
async function removeFleet(kubectl: Kubectl): Promise<void> {
  const nodes = await listFleet(kubectl)
  if (nodes.length === 0) return
  await kubectl.run(['delete', 'nodes', `--selector=${fleetLabel}`, '--wait=false'], { timeoutMs: 180_000 })
  const gone = async (): Promise<true | undefined> => ((await listFleet(kubectl)).length === 0 ? true : undefined)
  await wait('the end of the fleet', gone, { deadlineMs: 60_000, everyMs: 500 })
}

/** What a node problem detector would report, for many nodes by one command. */
export async function report(kubectl: Kubectl, nodes: readonly FleetNode[], status: 'True' | 'False'): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = {
    type: fleetCondition,
    status,
    reason: status === 'True' ? 'VitalTaskHung' : 'NoTaskHung',
    message: status === 'True' ? 'task containerd:4711 blocked for more than 120 seconds' : 'no vital task is blocked',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }
  await patchNodes(kubectl, nodes, { subresource: 'status', patch: { status: { conditions: [condition] } } })
}

/** Whether kwok plays the kubelets: without it neither leases nor pods of the nodes move. */
export const setKubelets = (kubectl: Kubectl, nodes: readonly FleetNode[], alive: boolean): Promise<void> =>
  patchNodes(kubectl, nodes, { patch: { metadata: { labels: { [kubeletLabel]: alive ? 'fake' : 'off' } } } })

interface NodesPatch {
  readonly subresource?: 'status'
  readonly patch: JsonObject
}

async function patchNodes(
  kubectl: Kubectl,
  nodes: readonly FleetNode[],
  { subresource, patch }: NodesPatch,
): Promise<void> {
  if (nodes.length === 0) return
  const into = subresource === undefined ? [] : [`--subresource=${subresource}`]
  const names = nodes.map(({ name }) => name)
  await kubectl.run(['patch', 'nodes', ...names, '--type=strategic', ...into, `--patch=${JSON.stringify(patch)}`], {
    timeoutMs: 120_000,
  })
}
