import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { OneOfEach } from '../../kernel/one-of-each.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, type ObjectMeta, projectMeta } from '../kind.ts'
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
  /** What it waits for that it should not wait for long. */
  readonly waiting: PodWaiting | undefined
  readonly eviction: KubeletEviction | undefined
}

type PodWaiting = 'CrashLooping' | 'ImagePullFailing' | 'CreatingStuck'

/** The kubelet stopped it to save its node. */
interface KubeletEviction {
  /** On the clock of the node. */
  readonly at: string | undefined
}

export const podKind: Kind<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  unread: [
    // The statuses of containers that run are long, and say nothing that is read.
    { name: 'containerStatuses', unless: '"waiting":' },
    { name: 'initContainerStatuses', unless: '"waiting":' },
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
    metadata: podMeta(raw),
    nodeName: textAt(raw, 'spec', 'nodeName') ?? '',
    phase: textAt(raw, 'status', 'phase') ?? '',
    ready: readyOf(listAt(raw, 'status', 'conditions')),
    priority: numberAt(raw, 'spec', 'priority') ?? 0,
    localVolumes: localVolumesOf(raw),
    needs: podNeeds(raw),
    terminationGracePeriodSeconds: numberAt(raw, 'spec', 'terminationGracePeriodSeconds') ?? 30,
    waiting: waitingOf(raw),
    eviction: evictionOf(raw),
  })),
}

/** Of the annotations of a pod only these are kept: others are long, and often like no other pod's. */
const [mirror, safeToEvict, doNotDisrupt] = [
  'kubernetes.io/config.mirror',
  'cluster-autoscaler.kubernetes.io/safe-to-evict',
  'karpenter.sh/do-not-disrupt',
]
const keptAnnotations: ReadonlySet<string> = new Set([mirror, safeToEvict, doNotDisrupt])

const labelSets = new OneOfEach<ObjectMeta['labels']>()
const annotationSets = new OneOfEach<ObjectMeta['annotations']>()
const owners = new OneOfEach<ObjectMeta['ownerReferences']>()

/** Pods of one workload have labels and owner in common. */
function podMeta(raw: JsonObject): ObjectMeta {
  const metadata = projectMeta(raw)
  const { labels, ownerReferences } = metadata
  const kept = Object.entries(metadata.annotations).filter(([key]) => keptAnnotations.has(key))
  return {
    ...metadata,
    labels: labelSets.of(JSON.stringify(labels), () => labels),
    annotations: annotationSets.of(JSON.stringify(kept), () => Object.fromEntries(kept)),
    ownerReferences: owners.of(JSON.stringify(ownerReferences), () => ownerReferences),
  }
}

const readyOf = (conditions: readonly unknown[]): ConditionStatus =>
  conditionStatus(
    textAt(
      conditions.find((condition) => textAt(condition, 'type') === 'Ready'),
      'status',
    ),
  )

/** Reasons that may be the fault of a node. An image that has no name, or a Secret that is missing, never is. */
const waitingReasons: Readonly<Record<string, PodWaiting>> = {
  CrashLoopBackOff: 'CrashLooping',
  ImagePullBackOff: 'ImagePullFailing',
  ErrImagePull: 'ImagePullFailing',
  ContainerCreating: 'CreatingStuck',
  CreateContainerError: 'CreatingStuck',
  RunContainerError: 'CreatingStuck',
}

const byGravity: readonly PodWaiting[] = ['CrashLooping', 'ImagePullFailing', 'CreatingStuck']

function waitingOf(raw: JsonObject): PodWaiting | undefined {
  const statuses = [...listAt(raw, 'status', 'initContainerStatuses'), ...listAt(raw, 'status', 'containerStatuses')]
  if (statuses.length === 0) return isUntouched(raw) ? 'CreatingStuck' : undefined
  const found = statuses.map((status) => waitingReasons[textAt(status, 'state', 'waiting', 'reason') ?? ''])
  return byGravity.find((waiting) => found.includes(waiting))
}

/** Bound to a node whose kubelet has said nothing of it yet. */
const isUntouched = (raw: JsonObject): boolean =>
  textAt(raw, 'status', 'phase') === 'Pending' &&
  (textAt(raw, 'spec', 'nodeName') ?? '') !== '' &&
  listAt(raw, 'status', 'conditions').every((condition) => textAt(condition, 'type') === 'PodScheduled')

function evictionOf(raw: JsonObject): KubeletEviction | undefined {
  if (textAt(raw, 'status', 'reason') !== 'Evicted') return undefined
  const target = listAt(raw, 'status', 'conditions').find(
    (condition) =>
      textAt(condition, 'type') === 'DisruptionTarget' && textAt(condition, 'reason') === 'TerminationByKubelet',
  )
  return { at: textAt(target, 'lastTransitionTime') }
}

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

export const isMirror = ({ metadata }: KubeObject): boolean => Object.hasOwn(metadata.annotations, mirror)

/** The mark by which owners already tell the cluster autoscaler that local data may go. */
const isSafeToEvict = ({ metadata }: Pod): boolean => metadata.annotations[safeToEvict] === 'true'

/** Its data lies on its node, and its owner has not agreed to lose it. */
export const keepsData = (pod: Pod): boolean => pod.localVolumes.length > 0 && !isSafeToEvict(pod)

/** The mark by which its owner forbids that it is moved, as people write it. Undefined: there is none. */
export function ownersVeto({ metadata: { annotations } }: Pod): string | undefined {
  if (annotations[doNotDisrupt] === 'true') return `${doNotDisrupt}: "true"`
  return annotations[safeToEvict] === 'false' ? `${safeToEvict}: "false"` : undefined
}

export const isFinished = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed'

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined

export const controllerOf = ({ metadata }: KubeObject): KubeObject['metadata']['ownerReferences'][number] | undefined =>
  metadata.ownerReferences.find(({ controller }) => controller)

export const isDaemonPod = (pod: Pod): boolean => controllerOf(pod)?.kind === 'DaemonSet'

/** Our own job on the node must not wait for itself to leave. */
export const isNodeJob = ({ metadata }: Pod): boolean => metadata.labels['app.kubernetes.io/managed-by'] === 'prunella'

/** What a drain leaves where it is: DaemonSet, mirror and finished pods, and our own node jobs. */
export const staysInDrain = (pod: Pod): boolean =>
  isMirror(pod) || isDaemonPod(pod) || isFinished(pod) || isNodeJob(pod)
