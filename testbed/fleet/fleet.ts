import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../src/kernel/json.ts'
import type { Bed } from '../bed.ts'
import { sendAll } from '../bulk.ts'
import type { Kubectl } from '../kubectl.ts'
import { kubeletLabel, nodeManifest, zoneOf } from '../kwok/nodes.ts'
import { elapsed } from '../say.ts'
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
  { bed, afterwards, say }: Pick<Stage, 'bed' | 'afterwards' | 'say'>,
  count: number,
): Promise<readonly FleetNode[]> {
  await removeFleet(bed)
  afterwards('removing the fleet', () => removeFleet(bed))
  const fleet = Array.from({ length: count }, (_, index) => ({
    name: `fleet-${String(index + 1).padStart(4, '0')}`,
    zone: zoneOf(index),
  }))
  const began = performance.now()
  const manifests = fleet.map((node) =>
    nodeManifest({ ...node, bootID: randomUUID(), labels: { [fleetLabel]: 'true' } }),
  )
  await sendAll(
    bed,
    manifests.map((body) => ({ method: 'POST', path: nodesPath, body })),
  )
  await fleetReady(bed.kubectl, count)
  await report(bed, fleet, 'False')
  say(`${count} nodes are Ready after ${elapsed(began)}`)
  return fleet
}

const nodesPath = '/api/v1/nodes'

export const listFleet = (kubectl: Kubectl): Promise<readonly JsonObject[]> =>
  kubectl.list(['get', 'nodes', `--selector=${fleetLabel}`])

const fleetReady = (kubectl: Kubectl, count: number): Promise<boolean> =>
  wait(
    `${count} nodes of the fleet to be Ready`,
    async () => {
      const ready = (await listFleet(kubectl)).filter((node) => conditionOf(node, 'Ready') === 'True')
      if (ready.length < count) throw new Error(`${ready.length} of ${count} are`)
      return true
    },
    { deadlineMs: 600_000, everyMs: 3_000 },
  )

/** As a collection: one by one it would take minutes. */
async function removeFleet(bed: Bed): Promise<void> {
  const selector = encodeURIComponent(fleetLabel)
  await sendAll(bed, [{ method: 'DELETE', path: `${nodesPath}?labelSelector=${selector}` }])
  const gone = async (): Promise<true | undefined> => ((await listFleet(bed.kubectl)).length === 0 ? true : undefined)
  await wait('the end of the fleet', gone, { deadlineMs: 120_000, everyMs: 500 })
}

/** What a node problem detector would report. */
export function report(bed: Bed, nodes: readonly FleetNode[], status: 'True' | 'False'): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = {
    type: fleetCondition,
    status,
    reason: status === 'True' ? 'VitalTaskHung' : 'NoTaskHung',
    message: status === 'True' ? 'task containerd:4711 blocked for more than 120 seconds' : 'no vital task is blocked',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }
  const body = { status: { conditions: [condition] } }
  return sendAll(
    bed,
    nodes.map(({ name }) => ({ method: 'PATCH', path: `${nodesPath}/${name}/status`, body, patch: 'strategic-merge' })),
  )
}

/** As after a reboot. */
export const reportBoot = (bed: Bed, { name }: FleetNode): Promise<void> => {
  const body = { status: { nodeInfo: { bootID: randomUUID() } } }
  return sendAll(bed, [{ method: 'PATCH', path: `${nodesPath}/${name}/status`, body, patch: 'merge' }])
}

/** Whether kwok plays the kubelets: without it neither leases nor pods of the nodes move. */
export function setKubelets(bed: Bed, nodes: readonly FleetNode[], alive: boolean): Promise<void> {
  const body = { metadata: { labels: { [kubeletLabel]: alive ? 'fake' : 'off' } } }
  return sendAll(
    bed,
    nodes.map(({ name }) => ({ method: 'PATCH', path: `${nodesPath}/${name}`, body, patch: 'merge' })),
  )
}
