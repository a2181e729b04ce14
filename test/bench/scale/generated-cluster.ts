import type { JsonObject } from '../../../src/kernel/json.ts'
import { instant, rfc3339, rfc3339Micro } from '../../../src/kernel/time.ts'
import { generatedPod } from '../cache/generated-pods.ts'

export const benchLabel = 'bench.prunella.dev/fleet'
/** By this one a node is cordoned and kept, its pods left alone; by the other it is emptied first. */
export const sickConditions = { kept: 'KernelDeadlock', emptied: 'ReadonlyFilesystem' } as const

export const nodeNameOf = (index: number): string => `node-${String(index).padStart(5, '0')}`
const zones = 5
const version = 'v1.36.4'
const size = { cpu: '64', memory: '256Gi', pods: '110' }

/** As they are stored: without kind and apiVersion, shared where they are alike. */
export function generatedNode(index: number): JsonObject {
  const [name, now] = [nodeNameOf(index), rfc3339(instant(Date.now())).replace(/\.\d+Z$/, 'Z')]
  return {
    metadata: {
      name,
      uid: uidOf('1', index),
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: {
        [benchLabel]: 'true',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `zone-${index % zones}`,
      },
    },
    spec: {},
    status: {
      capacity: size,
      allocatable: size,
      conditions: [
        conditionOf('Ready', 'True', now),
        ...Object.values(sickConditions).map((type) => conditionOf(type, 'False', now)),
      ],
      nodeInfo: { ...nodeInfo, bootID: uidOf('2', index), systemUUID: uidOf('3', index), machineID: `${index}` },
    },
  }
}

const nodeInfo = {
  architecture: 'amd64',
  containerRuntimeVersion: 'containerd://2.2.0',
  kernelVersion: '6.1.0',
  kubeProxyVersion: version,
  kubeletVersion: version,
  operatingSystem: 'linux',
  osImage: 'bench',
}

export const conditionOf = (type: string, status: 'True' | 'False', now: string): JsonObject => ({
  type,
  status,
  reason: 'Bench',
  message: 'said by the bench',
  lastHeartbeatTime: now,
  lastTransitionTime: now,
})

export const generatedLease = (index: number): JsonObject => ({
  metadata: { name: nodeNameOf(index), namespace: 'kube-node-lease', uid: uidOf('4', index) },
  spec: { holderIdentity: nodeNameOf(index), leaseDurationSeconds: 40, renewTime: rfc3339Micro(instant(Date.now())) },
})

/** Every pod with name, namespace, UID and node of its own; all else is shared with the others of its application. */
export function podsOf(nodes: number): (index: number) => JsonObject {
  const templates = new Map<number, JsonObject>()
  return (index) => {
    const application = index % applications
    const template = templates.get(application) ?? templateOf(application)
    templates.set(application, template)
    const { metadata, spec, status } = template
    const name = `service-${application}-f9c8d7b6-${index.toString(36).padStart(5, 'x')}`
    return {
      metadata: { ...asObject(metadata), name, uid: uidOf('5', index) },
      spec: { ...asObject(spec), nodeName: nodeNameOf(index % nodes) },
      status,
    }
  }
}

const applications = 400
const teams = 50

export const namespaces: readonly string[] = Array.from({ length: teams }, (_, team) => `team-${team}`)

function templateOf(application: number): JsonObject {
  const { kind: _, apiVersion: __, metadata, ...rest } = generatedPod(application)
  const { managedFields: ___, ...kept } = asObject(metadata)
  // Local data would hold a drain back, and rightly so.
  const spec = { ...asObject(rest['spec']), volumes: [{ name: 'config', configMap: { name: 'config' } }] }
  return { ...rest, metadata: { ...kept, namespace: `team-${application % teams}` }, spec }
}

const asObject = (value: JsonObject[string]): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

const uidOf = (family: string, index: number): string =>
  `00000000-0000-400${family}-8000-${index.toString(16).padStart(12, '0')}`
