import type { JsonObject } from '../../kernel/json.ts'

/** A Deployment, or a StatefulSet, of some replicas, with a budget of its own where one is given. */
export interface Workload {
  readonly namespace: string
  readonly name: string
  readonly replicas: number
  /** Of each pod: `250m`. */
  readonly cpu?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly priority?: number
  /** `{minAvailable: 2}`, `{maxUnavailable: '25%'}`. */
  readonly budget?: { readonly minAvailable: number | string } | { readonly maxUnavailable: number | string }
  readonly hasLocalVolume?: boolean
  /** A disk for one node at a time. `PerPod`: a StatefulSet, each ordinal with its own. `Shared`: a Deployment, all pods with one. */
  readonly disk?: 'PerPod' | 'Shared'
}

export function manifestsOf(workload: Workload): readonly JsonObject[] {
  const { namespace, name, budget } = workload
  const matchLabels = { app: name }
  const disruptionBudget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace, name },
    spec: { selector: { matchLabels }, ...budget },
  }
  return [
    ...priorityClasses(workload),
    ...(workload.disk === 'Shared' ? [claim(namespace, name)] : []),
    workload.disk === 'PerPod' ? statefulSet(workload) : deployment(workload),
    ...(budget === undefined ? [] : [disruptionBudget]),
  ]
}

const classOf = (priority: number): string => `priority-${priority}`

const priorityClasses = ({ priority }: Workload): readonly JsonObject[] =>
  priority === undefined ? [] : [priorityClass(classOf(priority), priority)]

const priorityClass = (name: string, value: number): JsonObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
})

const claimSpec: JsonObject = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }

const claim = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace, name },
  spec: claimSpec,
})

const deployment = (workload: Workload): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  ...common(workload),
})

function statefulSet(workload: Workload): JsonObject {
  const { metadata, spec } = common(workload)
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      ...spec,
      serviceName: workload.name,
      volumeClaimTemplates: [{ metadata: { name: 'disk' }, spec: claimSpec }],
    },
  }
}

function common(workload: Workload): { readonly metadata: JsonObject; readonly spec: JsonObject } {
  const { namespace, name, replicas } = workload
  const labels = { app: name }
  return {
    metadata: { namespace, name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(workload) } },
  }
}

function podSpec({ name, cpu = '100m', nodeSelector, priority, hasLocalVolume = false, disk }: Workload): JsonObject {
  const volumes = [
    ...(hasLocalVolume ? [{ name: 'scratch', emptyDir: {} }] : []),
    ...(disk === 'Shared' ? [{ name: 'disk', persistentVolumeClaim: { claimName: name } }] : []),
  ]
  return {
    terminationGracePeriodSeconds: 30,
    containers: [{ name: 'main', image: 'registry.example/app:1', resources: { requests: { cpu } } }],
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(priority === undefined ? {} : { priorityClassName: classOf(priority) }),
    ...(volumes.length === 0 ? {} : { volumes }),
  }
}

/** The daemon that every node runs. */
export const nodeAgent: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { namespace: 'kube-system', name: 'node-agent', labels: { app: 'node-agent' } },
  spec: {
    selector: { matchLabels: { app: 'node-agent' } },
    template: {
      metadata: { labels: { app: 'node-agent' } },
      spec: {
        priorityClassName: 'system-node-critical',
        containers: [
          { name: 'agent', image: 'registry.example/node-agent:1', resources: { requests: { cpu: '100m' } } },
        ],
        tolerations: [{ operator: 'Exists' }],
      },
    },
  },
}

export const namespace = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
