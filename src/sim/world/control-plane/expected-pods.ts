import { at, type JsonObject, numberAt } from '../../../kernel/json.ts'
import { controllerOf, namespaceOf, uidOf } from '../fields.ts'
import type { Objects } from '../objects.ts'

/** How many pods a budget is about, and how many of them must stay healthy. */
export interface Expected {
  readonly expectedPods: number
  readonly desiredHealthy: number
}

/** A text: why it cannot be told, in the words of the disruption controller. Then nothing may be disrupted. */
export function expectedOf(budget: JsonObject, pods: readonly JsonObject[], objects: Objects): Expected | string {
  const minAvailable = at(budget, 'spec', 'minAvailable')
  const maxUnavailable = at(budget, 'spec', 'maxUnavailable') ?? undefined
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable }
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') return { expectedPods: 0, desiredHealthy: 0 }
  const expectedPods = scaleOf(pods, objects)
  if (typeof expectedPods === 'string') return expectedPods
  const desiredHealthy =
    maxUnavailable === undefined
      ? scaled(minAvailable, expectedPods)
      : Math.max(0, expectedPods - scaled(maxUnavailable, expectedPods))
  return { expectedPods, desiredHealthy }
}

/** What their controllers want, not how many there happen to be. Pods without a controller count for nothing. */
function scaleOf(pods: readonly JsonObject[], objects: Objects): number | string {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const controller = controllerOf(pod)
    if (controller === undefined) continue
    const owner = scaledOwner(pod, objects)
    if (owner === undefined) return `${resourceOf(controller.kind)} does not implement the scale subresource`
    scales.set(uidOf(owner), numberAt(owner, 'spec', 'replicas') ?? 1)
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0)
}

/** Pods of a Deployment are scaled by the Deployment, not by its ReplicaSets. */
function scaledOwner(pod: JsonObject, objects: Objects): JsonObject | undefined {
  const controller = controllerOf(pod)
  const namespace = namespaceOf(pod)
  if (controller === undefined) return undefined
  const ref = { namespace, name: controller.name }
  if (controller.kind === 'StatefulSet') return objects.get('statefulsets.apps', ref)
  const replicaSet = controller.kind === 'ReplicaSet' ? objects.get('replicasets.apps', ref) : undefined
  const above = replicaSet && controllerOf(replicaSet)
  return above?.kind === 'Deployment' ? objects.get('deployments.apps', { namespace, name: above.name }) : replicaSet
}

const resources: Readonly<Record<string, string>> = { DaemonSet: 'daemonsets.apps', Job: 'jobs.batch', Node: 'nodes' }
const resourceOf = (kind: string): string => resources[kind] ?? kind

/** Percentages of budgets round up. */
function scaled(value: unknown, total: number): number {
  if (typeof value === 'number') return value
  const percent = Number(/^(\d+)%$/.exec(typeof value === 'string' ? value : '')?.[1] ?? 0)
  return Math.ceil((percent * total) / 100)
}
