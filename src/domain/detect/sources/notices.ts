import type { NoticeKind } from '../../../api/v1alpha1/signal-sources.ts'

/** One way in which the end of a machine, or work on it, is announced. */
export interface NoticeMark {
  readonly on: 'taint' | 'label' | 'annotation' | 'condition' | 'event'
  /** Key of a taint, label or annotation; type of a condition that is True; reason of an Event about the Node. */
  readonly key: string
  /** Of a label or annotation; left out: any. */
  readonly value?: string
  readonly kind: NoticeKind
  /** Who writes it, for people. */
  readonly by: string
}

const aws = 'aws-node-termination-handler'
const karpenter = 'Karpenter'
const gke = 'GKE'
const aks = 'AKS'
const kubernetes = 'Kubernetes'

/** As the handlers write them by default. A site that changes a key names it in a `nodeCondition` or `nodeEvent` signal. */
export const noticeMarks: readonly NoticeMark[] = [
  // github.com/aws/aws-node-termination-handler, pkg/node and pkg/observability
  { on: 'taint', key: 'aws-node-termination-handler/spot-itn', kind: 'Termination', by: aws },
  { on: 'taint', key: 'aws-node-termination-handler/asg-lifecycle-termination', kind: 'Termination', by: aws },
  { on: 'taint', key: 'aws-node-termination-handler/scheduled-maintenance', kind: 'Maintenance', by: aws },
  { on: 'taint', key: 'aws-node-termination-handler/rebalance-recommendation', kind: 'Rebalance', by: aws },
  // github.com/aws/karpenter-provider-aws, pkg/controllers/interruption/events
  { on: 'event', key: 'SpotInterrupted', kind: 'Termination', by: karpenter },
  { on: 'event', key: 'InstanceStopping', kind: 'Termination', by: karpenter },
  { on: 'event', key: 'InstanceTerminating', kind: 'Termination', by: karpenter },
  { on: 'event', key: 'TerminatingOnInterruption', kind: 'Termination', by: karpenter },
  { on: 'event', key: 'SpotRebalanceRecommendation', kind: 'Rebalance', by: karpenter },
  // docs.cloud.google.com: disruption of nodes with GPUs and TPUs. The date of a maintenance weeks ahead is no reason to act.
  { on: 'taint', key: 'cloud.google.com/impending-node-termination', kind: 'Termination', by: gke },
  { on: 'label', key: 'cloud.google.com/active-node-maintenance', value: 'ONGOING', kind: 'Maintenance', by: gke },
  // learn.microsoft.com: scheduled events in the Node Problem Detector of AKS. A freeze of some seconds is left out.
  { on: 'event', key: 'PreemptScheduled', kind: 'Termination', by: aks },
  { on: 'event', key: 'TerminateScheduled', kind: 'Termination', by: aks },
  { on: 'event', key: 'RedeployScheduled', kind: 'Maintenance', by: aks },
  { on: 'event', key: 'RebootScheduled', kind: 'Maintenance', by: aks },
  { on: 'condition', key: 'VMEventScheduled', kind: 'Maintenance', by: aks },
  // KEP-5683, and the cloud controllers
  { on: 'condition', key: 'MaintenancePlanned', kind: 'Maintenance', by: kubernetes },
  { on: 'condition', key: 'MaintenanceInProgress', kind: 'Maintenance', by: kubernetes },
  { on: 'condition', key: 'GracefulNodeShutdownInProgress', kind: 'Termination', by: kubernetes },
  { on: 'taint', key: 'node.cloudprovider.kubernetes.io/shutdown', kind: 'Termination', by: kubernetes },
]
