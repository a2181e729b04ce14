import { flagAt, listAt, textAt } from '../../kernel/json.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'

/** What the API server says. The kubelet writes most of it, so a dead node stays Ready until its silence is noticed. */
export interface Node extends KubeObject {
  readonly unschedulable: boolean
  readonly providerID: string | undefined
  readonly taints: readonly Taint[]
  readonly conditions: readonly NodeCondition[]
  /** Differs after every boot, and is written by the node itself. */
  readonly bootID: string
  readonly systemUUID: string
  /** Written by the kubelet; empty where it has not said. Nodes that share one may share its faults. */
  readonly kernelVersion: string
  readonly osImage: string
}

interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

export type ConditionStatus = 'True' | 'False' | 'Unknown'

export interface NodeCondition {
  readonly type: string
  readonly status: ConditionStatus
  readonly reason: string
  readonly message: string
  /** Written by the node or the control plane: evidence of change, never of duration. */
  readonly lastHeartbeatTime: string | undefined
  readonly lastTransitionTime: string | undefined
}

export const nodeKind: Kind<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  project: (raw) => ({
    metadata: projectMeta(raw),
    unschedulable: flagAt(raw, 'spec', 'unschedulable'),
    providerID: textAt(raw, 'spec', 'providerID'),
    taints: listAt(raw, 'spec', 'taints').map(projectTaint),
    conditions: listAt(raw, 'status', 'conditions').map(projectCondition),
    bootID: textAt(raw, 'status', 'nodeInfo', 'bootID') ?? '',
    systemUUID: (textAt(raw, 'status', 'nodeInfo', 'systemUUID') ?? '').toLowerCase(),
    kernelVersion: textAt(raw, 'status', 'nodeInfo', 'kernelVersion') ?? '',
    osImage: textAt(raw, 'status', 'nodeInfo', 'osImage') ?? '',
  }),
}

const projectTaint = (raw: unknown): Taint => ({
  key: textAt(raw, 'key') ?? '',
  value: textAt(raw, 'value') ?? '',
  effect: textAt(raw, 'effect') ?? '',
})

const projectCondition = (raw: unknown): NodeCondition => ({
  type: textAt(raw, 'type') ?? '',
  status: conditionStatus(textAt(raw, 'status')),
  reason: textAt(raw, 'reason') ?? '',
  message: textAt(raw, 'message') ?? '',
  lastHeartbeatTime: textAt(raw, 'lastHeartbeatTime'),
  lastTransitionTime: textAt(raw, 'lastTransitionTime'),
})

/** Whatever is not True or False is not known. */
export const conditionStatus = (text: string | undefined): ConditionStatus =>
  text === 'True' || text === 'False' ? text : 'Unknown'

/** A condition that is not there is Unknown: nobody has said anything. */
export const conditionOf = ({ conditions }: Pick<Node, 'conditions'>, type: string): NodeCondition | undefined =>
  conditions.find((condition) => condition.type === type)

export const readyStatus = (node: Pick<Node, 'conditions'>): ConditionStatus =>
  conditionOf(node, 'Ready')?.status ?? 'Unknown'

/** No single label decides: clusters carry one, the other or both. */
export const isControlPlane = ({ metadata: { labels } }: KubeObject): boolean =>
  Object.hasOwn(labels, 'node-role.kubernetes.io/control-plane') ||
  Object.hasOwn(labels, 'node-role.kubernetes.io/master')
