import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'
import { type ConditionStatus, conditionStatus } from './node.ts'
import { type PodNeeds, podNeeds } from './pod-needs.ts'

/** Some ten fields of a pod: 150,000 of them fit into a small cache. */
export interface Pod extends KubeObject {
  readonly nodeName: string
  readonly phase: string
  readonly ready: ConditionStatus
  readonly priority: number
  /** Kinds of volumes whose data lives on this node: emptyDir (on its disk), hostPath. */
  readonly localVolumes: readonly string[]
  /** What another node must have for it: shared between pods that need the same. */
  readonly needs: PodNeeds
  readonly terminationGracePeriodSeconds: number
  /** When the kubelet first saw it. */
  readonly startTime: string | undefined
}

export const podKind: Kind<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  unread: [
    'containerStatuses',
    'initContainerStatuses',
    'env',
    'envFrom',
    'volumeMounts',
    'ports',
    'livenessProbe',
    'readinessProbe',
    'startupProbe',
    'lifecycle',
    'securityContext',
    'command',
    'args',
  ],
  project: readOnce((raw) => ({
    metadata: projectMeta(raw),
    nodeName: textAt(raw, 'spec', 'nodeName') ?? '',
    phase: textAt(raw, 'status', 'phase') ?? '',
    ready: readyOf(listAt(raw, 'status', 'conditions')),
    priority: numberAt(raw, 'spec', 'priority') ?? 0,
    localVolumes: localVolumesOf(raw),
    needs: podNeeds(raw),
    terminationGracePeriodSeconds: numberAt(raw, 'spec', 'terminationGracePeriodSeconds') ?? 30,
    startTime: textAt(raw, 'status', 'startTime'),
  })),
}

const readyOf = (conditions: readonly unknown[]): ConditionStatus =>
  conditionStatus(
    textAt(
      conditions.find((condition) => textAt(condition, 'type') === 'Ready'),
      'status',
    ),
  )

const none: readonly string[] = []

/** Most pods have none: they share one list. */
function localVolumesOf(raw: JsonObject): readonly string[] {
  const found = listAt(raw, 'spec', 'volumes').flatMap(localVolumeOf)
  return found.length === 0 ? none : found
}

function localVolumeOf(volume: unknown): readonly string[] {
  if (!isObject(volume)) return none
  if (Object.hasOwn(volume, 'hostPath')) return ['hostPath']
  // What lies in memory is gone with every restart, so nobody counts on it.
  const isOnDisk = Object.hasOwn(volume, 'emptyDir') && textAt(volume, 'emptyDir', 'medium') !== 'Memory'
  return isOnDisk ? ['emptyDir'] : none
}

export const isMirror = ({ metadata }: KubeObject): boolean =>
  Object.hasOwn(metadata.annotations, 'kubernetes.io/config.mirror')

export const isFinished = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed'

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined

export const controllerOf = ({ metadata }: KubeObject): KubeObject['metadata']['ownerReferences'][number] | undefined =>
  metadata.ownerReferences.find(({ controller }) => controller)

export const isDaemonPod = (pod: Pod): boolean => controllerOf(pod)?.kind === 'DaemonSet'

/** Our own job on the node must not wait for itself to leave. */
const isNodeJob = ({ metadata }: Pod): boolean => metadata.labels['app.kubernetes.io/managed-by'] === 'prunella'

/** What a drain leaves where it is: DaemonSet, mirror and finished pods, and our own node jobs. */
export const staysInDrain = (pod: Pod): boolean =>
  isMirror(pod) || isDaemonPod(pod) || isFinished(pod) || isNodeJob(pod)
