import { controlPlaneMark, isControlPlane, type Node, readyStatus } from '../../api/core/node.ts'
import { isMirror, type Pod } from '../../api/core/pod.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { hold, pass } from '../budget/gates.ts'

/** What of the control plane, and of ours, stands on the node. */
export interface VitalSeen {
  /** Static pods of the control plane on this node. */
  readonly staticPods: readonly string[]
  /** Control-plane nodes of the cluster, as far as they are nodes at all: a managed one shows none. */
  readonly controlPlane: { readonly nodes: number; readonly ready: number }
  /** What of ours runs here and nowhere else: in words. */
  readonly ours: readonly string[]
}

export function controlPlaneSafe(node: Node, { staticPods, controlPlane, ours }: VitalSeen): GateAnswer {
  const mark = controlPlaneMark(node) ?? (staticPods[0] && `the static pod ${staticPods[0]}`)
  if (mark !== undefined) {
    return hold('ControlPlaneSafe', 'ControlPlaneNode', {
      message: `the node bears ${mark}, and this version treats no control-plane node`,
      unblockedBy: 'people',
    })
  }
  const numbers = { controlPlaneNodes: controlPlane.nodes, controlPlaneReady: controlPlane.ready }
  if (controlPlane.nodes > 0 && controlPlane.ready === 0) {
    const message = `none of ${controlPlane.nodes} control-plane nodes is Ready`
    return hold('ControlPlaneSafe', 'ControlPlaneUnready', { message, numbers, unblockedBy: 'one of them is Ready' })
  }
  if (ours.length > 0) {
    const message = `on this node run ${ours.join(' and ')}`
    return hold('ControlPlaneSafe', 'OperatorOnNode', { message, numbers, unblockedBy: 'it runs on another node' })
  }
  return pass('ControlPlaneSafe', 'not a control-plane node', numbers)
}

export function controlPlaneOf(nodes: readonly Node[]): VitalSeen['controlPlane'] {
  const members = nodes.filter(isControlPlane)
  return { nodes: members.length, ready: members.filter((node) => readyStatus(node) === 'True').length }
}

const staticComponents = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']

/** kubeadm and its kin run the control plane as static pods, whatever the labels of the node say. */
export const staticControlPlane = (pods: readonly Pod[]): readonly string[] =>
  pods
    .filter((pod) => isMirror(pod) && pod.metadata.namespace === 'kube-system')
    .map(({ metadata }) => metadata)
    .filter(({ name, labels }) =>
      staticComponents.some((component) => labels['component'] === component || name.startsWith(`${component}-`)),
    )
    .map(({ name }) => name)
    .toSorted()

const sources = ['prometheus', 'alertmanager']
const appLabel = 'app.kubernetes.io/name'

/** Whether our signals may come from the pod. */
export const isSource = ({ metadata, phase }: Pod): boolean =>
  phase === 'Running' && sources.includes(metadata.labels[appLabel] ?? '')

/** Pods that our signals come from, where no other ready replica of them runs on another node. */
export function onlySources(onNode: readonly Pod[], all: readonly Pod[]): readonly string[] {
  return onNode.filter(isSource).flatMap((pod) => {
    const app = pod.metadata.labels[appLabel]
    const others = all.filter(
      (other) => other.metadata.labels[appLabel] === app && other.nodeName !== pod.nodeName && other.ready === 'True',
    )
    return others.length > 0 ? [] : [`the only ${app}, pod ${pod.metadata.namespace}/${pod.metadata.name}`]
  })
}
