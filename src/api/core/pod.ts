import { isObject, listAt, numberAt, textAt } from '../../kernel/json.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'
import { type ConditionStatus, conditionStatus } from './node.ts'

/** Some eight fields of a pod: 150,000 of them fit into a small cache. */
export interface Pod extends KubeObject {
  readonly nodeName: string
  readonly phase: string
  readonly ready: ConditionStatus
  readonly priority: number
  /** Kinds of volumes whose data lives on this node: emptyDir, hostPath, local. */
  readonly localVolumes: readonly string[]
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
  unread: ['containers', 'initContainers', 'containerStatuses', 'initContainerStatuses'],
  project: (raw) => ({
    metadata: projectMeta(raw),
    nodeName: textAt(raw, 'spec', 'nodeName') ?? '',
    phase: textAt(raw, 'status', 'phase') ?? '',
    ready: readyOf(listAt(raw, 'status', 'conditions')),
    priority: numberAt(raw, 'spec', 'priority') ?? 0,
    localVolumes: listAt(raw, 'spec', 'volumes').flatMap(localVolumeOf),
    terminationGracePeriodSeconds: numberAt(raw, 'spec', 'terminationGracePeriodSeconds') ?? 30,
    startTime: textAt(raw, 'status', 'startTime'),
  }),
}

const readyOf = (conditions: readonly unknown[]): ConditionStatus =>
  conditionStatus(
    textAt(
      conditions.find((condition) => textAt(condition, 'type') === 'Ready'),
      'status',
    ),
  )

function localVolumeOf(volume: unknown): readonly string[] {
  if (!isObject(volume)) return []
  return ['emptyDir', 'hostPath'].filter((kind) => Object.hasOwn(volume, kind))
}

export const isMirror = ({ metadata }: KubeObject): boolean =>
  Object.hasOwn(metadata.annotations, 'kubernetes.io/config.mirror')

export const isFinished = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed'

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined

export const controllerOf = ({ metadata }: KubeObject): KubeObject['metadata']['ownerReferences'][number] | undefined =>
  metadata.ownerReferences.find(({ controller }) => controller)

export const isDaemonPod = (pod: Pod): boolean => controllerOf(pod)?.kind === 'DaemonSet'
