import { at, isObject, type JsonObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import type { LabelSelector } from '../../kernel/selector.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'
import { selectorAt } from './kinds.ts'

/** Kinds of others that tell who else takes care of a node. A cluster serves some of them, or none. */

export interface DaemonSet extends KubeObject {
  /** As kured writes it. Undefined: this is not kured, or nobody holds its lock. */
  readonly kuredLock: string | undefined
}

export const daemonSetKind: Kind<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
  unread: ['template'],
  project: (raw) => ({
    metadata: projectMeta(raw),
    kuredLock: textAt(raw, 'metadata', 'annotations', 'weave.works/kured-node-lock'),
  }),
}

export interface NodeHealthCheck extends KubeObject {
  readonly unhealthyNodes: readonly UnhealthyNode[]
}

interface UnhealthyNode {
  readonly nodeName: string
  /** Kind and name of the newest remediation; empty: none has begun. */
  readonly remediation: string
  readonly since: string | undefined
}

export const nodeHealthCheckKind: Kind<NodeHealthCheck> = {
  group: 'remediation.medik8s.io',
  version: 'v1alpha1',
  kind: 'NodeHealthCheck',
  plural: 'nodehealthchecks',
  namespaced: false,
  project: (raw) => ({
    metadata: projectMeta(raw),
    unhealthyNodes: [...listAt(raw, 'status', 'unhealthyNodes').map(unhealthyNode), ...inFlight(raw)],
  }),
}

function unhealthyNode(raw: unknown): UnhealthyNode {
  const newest = listAt(raw, 'remediations').at(-1)
  const remediation = [textAt(newest, 'resource', 'kind'), textAt(newest, 'resource', 'name')]
  return {
    nodeName: textAt(raw, 'name') ?? '',
    remediation: remediation.filter((part) => part !== undefined).join(' '),
    since: textAt(newest, 'started'),
  }
}

/** How older versions say it. */
function inFlight(raw: JsonObject): readonly UnhealthyNode[] {
  const remediations = at(raw, 'status', 'inFlightRemediations')
  if (!isObject(remediations)) return []
  return Object.entries(remediations).map(([nodeName, since]) => ({
    nodeName,
    remediation: 'a remediation',
    since: typeof since === 'string' ? since : undefined,
  }))
}

/** Where the operators of medik8s exclude each other, by one Lease per node. */
export const medik8sLeases = 'medik8s-leases'

/** A machine of the Cluster API, or of OpenShift. */
export interface Machine extends KubeObject {
  readonly nodeName: string
  /** Of the conditions that a MachineHealthCheck writes, those that stand against the machine. */
  readonly complaints: readonly { readonly type: string; readonly since: string | undefined }[]
}

const machineKindOf = (group: string, version: string): Kind<Machine> => ({
  group,
  version,
  kind: 'Machine',
  plural: 'machines',
  namespaced: true,
  project: (raw) => ({
    metadata: projectMeta(raw),
    nodeName: textAt(raw, 'status', 'nodeRef', 'name') ?? '',
    complaints: [...listAt(raw, 'status', 'conditions'), ...listAt(raw, 'status', 'v1beta2', 'conditions')].flatMap(
      complaint,
    ),
  }),
})

/** The newest version first. */
export const machineKinds: readonly Kind<Machine>[] = ['v1beta2', 'v1beta1'].map((version) =>
  machineKindOf('cluster.x-k8s.io', version),
)

/** OpenShift has machines of its own, which its MachineHealthCheck deletes. */
export const openshiftMachineKind: Kind<Machine> = machineKindOf('machine.openshift.io', 'v1beta1')

const written = ['HealthCheckSucceeded', 'OwnerRemediated', 'ExternallyRemediated']

function complaint(condition: unknown): Machine['complaints'] {
  const type = textAt(condition, 'type') ?? ''
  const stands = written.includes(type) && textAt(condition, 'status') === 'False'
  return stands ? [{ type, since: textAt(condition, 'lastTransitionTime') }] : []
}

/** A PodDisruptionBudget with what its controller has worked out. */
export interface DisruptionBudget extends KubeObject {
  /** Undefined: it selects no pod. */
  readonly selector: LabelSelector | undefined
  /** As people wrote it: a count, or a share such as `50%`. One of the two is set. */
  readonly minAvailable: string | number | undefined
  readonly maxUnavailable: string | number | undefined
  readonly alwaysAllowsUnhealthy: boolean
  /** Whether it follows from its spec that no pod may ever go. */
  readonly allowsNobody: boolean
  /** Undefined: its controller has not seen this spec yet. */
  readonly status: BudgetStatus | undefined
}

export interface BudgetStatus {
  readonly disruptionsAllowed: number
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly expectedPods: number
}

export const disruptionBudgetKind: Kind<DisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
  unread: ['disruptedPods', 'conditions'],
  project: (raw) => {
    const metadata = projectMeta(raw)
    const isSeen = (numberAt(raw, 'status', 'observedGeneration') ?? 0) >= metadata.generation
    const { minAvailable, maxUnavailable } = limitsOf(raw)
    return {
      metadata,
      selector: selectorAt(at(raw, 'spec')),
      minAvailable,
      maxUnavailable,
      alwaysAllowsUnhealthy: textAt(raw, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow',
      allowsNobody: [0, '0', '0%'].includes(maxUnavailable ?? '') || minAvailable === '100%',
      status: isSeen ? statusOf(raw) : undefined,
    }
  },
}

function limitsOf(raw: JsonObject): Readonly<Record<'minAvailable' | 'maxUnavailable', string | number | undefined>> {
  const limit = (name: string) => textAt(raw, 'spec', name) ?? numberAt(raw, 'spec', name)
  return { minAvailable: limit('minAvailable'), maxUnavailable: limit('maxUnavailable') }
}

const statusOf = (raw: JsonObject): BudgetStatus => ({
  disruptionsAllowed: numberAt(raw, 'status', 'disruptionsAllowed') ?? 0,
  currentHealthy: numberAt(raw, 'status', 'currentHealthy') ?? 0,
  desiredHealthy: numberAt(raw, 'status', 'desiredHealthy') ?? 0,
  expectedPods: numberAt(raw, 'status', 'expectedPods') ?? 0,
})
