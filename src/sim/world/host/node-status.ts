import type { JsonObject } from '../../../kernel/json.ts'
import type { Condition } from '../conditions.ts'

/** What a kubelet knows about its node from its own configuration and from the machine. */
export interface NodeIdentity {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly providerID?: string
  readonly taints?: readonly JsonObject[]
  readonly internalIP: string
  readonly cpus: number
}

/** Of every kubelet, until it is upgraded. */
export const firstVersion = 'v1.36.4'

/** The Node as a kubelet registers it: tainted until it has been seen Ready. */
export const newNode = ({ name, labels, providerID, taints = [] }: NodeIdentity): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, ...labels },
  },
  spec: {
    ...(providerID === undefined ? {} : { providerID }),
    taints: [...taints, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }],
  },
})

export interface Hardware {
  readonly systemUUID: string
  readonly bootID: string
}

/** Everything in the status but the conditions. */
export const nodeFacts = (
  { name, internalIP, cpus }: NodeIdentity,
  { systemUUID, bootID }: Hardware,
  kubeletVersion: string,
): JsonObject => {
  const resources = { cpu: `${cpus}`, memory: `${cpus * 4}Gi`, 'ephemeral-storage': '100Gi', pods: '110' }
  return {
    capacity: resources,
    allocatable: resources,
    addresses: [
      { type: 'InternalIP', address: internalIP },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    nodeInfo: {
      machineID: systemUUID.replaceAll('-', ''),
      systemUUID,
      bootID,
      kernelVersion: '6.12.48',
      osImage: 'Debian GNU/Linux 13 (trixie)',
      containerRuntimeVersion: 'containerd://2.2.0',
      kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}

const diskPressure: Condition = {
  type: 'DiskPressure',
  status: 'True',
  reason: 'KubeletHasDiskPressure',
  message: 'kubelet has disk pressure',
}

export function kubeletConditions(isRuntimeReady: boolean, isDiskFull: boolean): readonly Condition[] {
  const ready: Condition = isRuntimeReady
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        message: 'container runtime is down',
      }
  return [
    absent('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    isDiskFull ? diskPressure : absent('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    absent('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    absent('NetworkUnavailable', 'RouteCreated', 'the network of the node is set up'),
    ready,
  ]
}

const absent = (type: string, reason: string, message: string): Condition => ({
  type,
  status: 'False',
  reason,
  message,
})
