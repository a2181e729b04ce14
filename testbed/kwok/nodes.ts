import { createHash } from 'node:crypto'
import type { JsonObject } from '../../src/kernel/json.ts'

/**
 * Says who plays the kubelet of a node. A label, although kwok also knows annotations: only a watch by label tells it
 * when a node is taken away from it, and only then does it stop renewing the lease.
 */
export const kubeletLabel = 'kwok.x-k8s.io/node'

export interface NodeWanted {
  readonly name: string
  readonly zone: string
  readonly bootID: string
  readonly labels?: Readonly<Record<string, string>>
}

export const zoneOf = (index: number): string => `zone-${'abc'[index % 3]}`

/** Derived from the name, so that a node that is made again is the same machine. Of version 4, as real boards have it. */
export function systemUuidOf(name: string): string {
  const hex = createHash('md5').update(name).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}

/** As a kubelet would register it. */
export const nodeManifest = ({ name, zone, bootID, labels = {} }: NodeWanted): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'topology.kubernetes.io/zone': zone,
      [kubeletLabel]: 'fake',
      ...labels,
    },
  },
  status: {
    capacity: nodeSize,
    allocatable: nodeSize,
    nodeInfo: {
      architecture: 'amd64',
      bootID,
      containerRuntimeVersion: 'containerd://2.2.0',
      kernelVersion: '6.1.0',
      kubeProxyVersion: 'v1.36.4',
      kubeletVersion: 'v1.36.4',
      machineID: systemUuidOf(name).replaceAll('-', ''),
      operatingSystem: 'linux',
      osImage: 'testbed',
      systemUUID: systemUuidOf(name),
    },
  },
})

const nodeSize = { cpu: '16', memory: '64Gi', pods: '110' }

/** kwok renews leases and never repeats conditions: without this a signal would be stale after a quarter of an hour. */
export const noHeartbeatSeconds = 86_400
