import { at, flagAt, isObject, type JsonObject, listAt, textAt } from '../../kernel/json.ts'
import { OneOfEach } from '../../kernel/one-of-each.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'
import { type Quantities, quantitiesAt } from './quantity.ts'

/** What the API server says. The kubelet writes most of it, so a dead node stays Ready until its silence is noticed. */
export interface Node extends KubeObject {
  readonly unschedulable: boolean
  /** Who set `unschedulable`, as far as the API server has noted it. Undefined: nobody, or not noted. */
  readonly cordon: Cordon | undefined
  readonly providerID: string | undefined
  /** Internal and external IP addresses and host names, as the kubelet or the cloud has written them. Left out: none. */
  readonly addresses?: readonly string[]
  readonly taints: readonly Taint[]
  readonly conditions: readonly NodeCondition[]
  /** Differs after every boot, and is written by the node itself. */
  readonly bootID: string
  readonly systemUUID: string
  /** Written by the kubelet; empty where it has not said. Nodes that share one may share its faults. */
  readonly kernelVersion: string
  readonly osImage: string
  readonly kubeletVersion: string
  /** What pods may ask for, all together. */
  readonly allocatable: Quantities
}

interface Cordon {
  /** The field manager: `kubectl-cordon`, `karpenter`. */
  readonly manager: string
  readonly time: string | undefined
}

export interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
  /** Since when, where its writer has said. */
  readonly timeAdded: string | undefined
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
  /** Field managers whose word its status is. Left out: the API server has noted none. */
  readonly writers?: readonly string[]
}

export const nodeKind: Kind<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  readsManagers: true,
  unread: ['images', 'volumesAttached', 'volumesInUse', 'runtimeHandlers', 'podCIDRs'],
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    unschedulable: flagAt(raw, 'spec', 'unschedulable'),
    cordon: flagAt(raw, 'spec', 'unschedulable') ? cordonOf(listAt(raw, 'metadata', 'managedFields')) : undefined,
    providerID: textAt(raw, 'spec', 'providerID'),
    ...addressesOf(listAt(raw, 'status', 'addresses')),
    taints: listAt(raw, 'spec', 'taints').map(projectTaint),
    conditions: conditionsOf(raw),
    bootID: textAt(raw, 'status', 'nodeInfo', 'bootID') ?? '',
    systemUUID: (textAt(raw, 'status', 'nodeInfo', 'systemUUID') ?? '').toLowerCase(),
    kernelVersion: textAt(raw, 'status', 'nodeInfo', 'kernelVersion') ?? '',
    osImage: textAt(raw, 'status', 'nodeInfo', 'osImage') ?? '',
    kubeletVersion: textAt(raw, 'status', 'nodeInfo', 'kubeletVersion') ?? '',
    allocatable: quantitiesAt(raw, 'status', 'allocatable'),
  })),
}

const addressTypes: ReadonlySet<string> = new Set(['InternalIP', 'ExternalIP', 'Hostname'])

/** What DNS says of a node is left to DNS. */
function addressesOf(entries: readonly unknown[]): Pick<Node, 'addresses'> {
  const own = entries.filter((entry) => addressTypes.has(textAt(entry, 'type') ?? ''))
  const addresses = [...new Set(own.flatMap((entry) => textAt(entry, 'address') ?? []))]
  return addresses.length === 0 ? {} : { addresses }
}

/** The last manager that wrote the field. */
function cordonOf(managedFields: readonly unknown[]): Cordon | undefined {
  const writer = managedFields.findLast((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:unschedulable') !== undefined)
  return writer === undefined ? undefined : { manager: textAt(writer, 'manager') ?? '', time: textAt(writer, 'time') }
}

const projectTaint = (raw: unknown): Taint => ({
  key: textAt(raw, 'key') ?? '',
  value: textAt(raw, 'value') ?? '',
  effect: textAt(raw, 'effect') ?? '',
  timeAdded: textAt(raw, 'timeAdded'),
})

function conditionsOf(raw: JsonObject): readonly NodeCondition[] {
  const writers = writersOf(listAt(raw, 'metadata', 'managedFields'))
  return listAt(raw, 'status', 'conditions').map((condition) => {
    const projected = projectCondition(condition)
    const noted = writers.get(projected.type)
    return noted === undefined ? projected : { ...projected, writers: noted }
  })
}

/** What `metav1.Condition` allows. Of the conditions of a Node nobody checks it, and policies hold patterns against them. */
const [reasonMax, messageMax] = [1_024, 32_768]

const projectCondition = (raw: unknown): NodeCondition => ({
  type: textAt(raw, 'type') ?? '',
  status: conditionStatus(textAt(raw, 'status')),
  reason: (textAt(raw, 'reason') ?? '').slice(0, reasonMax),
  message: (textAt(raw, 'message') ?? '').slice(0, messageMax),
  lastHeartbeatTime: textAt(raw, 'lastHeartbeatTime'),
  lastTransitionTime: textAt(raw, 'lastTransitionTime'),
})

const writerSets = new OneOfEach<readonly string[]>()

/** By type of condition. Whoever writes another status takes it over; whoever writes the same one shares it. */
function writersOf(managedFields: readonly unknown[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const entry of managedFields) {
    const owned = at(entry, 'fieldsV1', 'f:status', 'f:conditions')
    if (!isObject(owned)) continue
    const manager = textAt(entry, 'manager') ?? ''
    const alone = writerSets.of(manager, () => [manager])
    for (const key in owned) {
      const type = typeIn(key)
      if (type === undefined || at(owned[key], 'f:status') === undefined) continue
      const others = found.get(type)
      found.set(type, others === undefined ? alone : [...others, manager])
    }
  }
  return found
}

const [keyBegin, keyEnd] = ['k:{"type":"', '"}']

/** `k:{"type":"Ready"}` */
const typeIn = (key: string): string | undefined =>
  key.startsWith(keyBegin) && key.endsWith(keyEnd) ? key.slice(keyBegin.length, -keyEnd.length) : undefined

/** Whatever is not True or False is not known. */
export const conditionStatus = (text: string | undefined): ConditionStatus =>
  text === 'True' || text === 'False' ? text : 'Unknown'

/** A condition that is not there is Unknown: nobody has said anything. */
export const conditionOf = ({ conditions }: Pick<Node, 'conditions'>, type: string): NodeCondition | undefined =>
  conditions.find((condition) => condition.type === type)

export const readyStatus = (node: Pick<Node, 'conditions'>): ConditionStatus =>
  conditionOf(node, 'Ready')?.status ?? 'Unknown'

const controlPlaneRole = /^node-role\.kubernetes\.io\/(control-plane|master|etcd|controlplane)$/

/** No single label decides: clusters carry one, the other or both, and a taint may stand where no label does. */
export function controlPlaneMark({ metadata, taints }: Pick<Node, 'metadata' | 'taints'>): string | undefined {
  const label = Object.keys(metadata.labels).find((key) => controlPlaneRole.test(key))
  if (label !== undefined) return `the label ${label}`
  const taint = taints.find(({ key }) => controlPlaneRole.test(key))
  return taint && `the taint ${taint.key}`
}

export const isControlPlane = (node: Pick<Node, 'metadata' | 'taints'>): boolean => controlPlaneMark(node) !== undefined
