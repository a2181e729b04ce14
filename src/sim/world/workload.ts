import type { JsonObject } from '../../kernel/json.ts'

/** A Deployment of some replicas, with a budget of its own where one is given. */
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
  return [...priorityClasses(workload), deployment(workload), ...(budget === undefined ? [] : [disruptionBudget])]
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

function deployment({
  namespace,
  name,
  replicas,
  cpu = '100m',
  nodeSelector,
  priority,
  hasLocalVolume = false,
}: Workload): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 30,
          containers: [{ name: 'main', image: 'registry.example/app:1', resources: { requests: { cpu } } }],
          ...(nodeSelector === undefined ? {} : { nodeSelector }),
          ...(priority === undefined ? {} : { priorityClassName: classOf(priority) }),
          ...(hasLocalVolume ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
        },
      },
    },
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
