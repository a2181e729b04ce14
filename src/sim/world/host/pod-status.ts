import { isObject, type JsonObject, listAt, numberAt, textAt } from '../../../kernel/json.ts'
import type { Instant } from '../../../kernel/time.ts'
import { type Condition, withConditions } from '../conditions.ts'
import { kubeTime } from '../fields.ts'

export interface PodPlace {
  readonly podIP: string
  readonly hostIP: string
  readonly now: Instant
}

/** A pod whose containers have just been started, for the first time or once more. */
export function runningStatus(pod: JsonObject, place: PodPlace): JsonObject {
  const startedAt = kubeTime(place.now)
  return {
    phase: 'Running',
    ...addresses(place),
    startTime: textAt(pod, 'status', 'startTime') ?? startedAt,
    conditions: withConditions(pod, readiness('True', ''), place),
    containerStatuses: containers(pod, { isReady: true, state: { running: { startedAt } } }),
  }
}

/** Its processes are known to be gone, and will be started again. */
export const restartingStatus = (pod: JsonObject, place: PodPlace): JsonObject => ({
  ...addresses(place),
  conditions: withConditions(pod, readiness('False', 'ContainersNotReady'), place),
  containerStatuses: containers(pod, {
    isReady: false,
    state: { waiting: { reason: 'ContainerCreating' } },
    restarts: 1,
  }),
})

/** It was asked to stop, and takes no more requests. */
export const stoppingStatus = (pod: JsonObject, now: Instant): JsonObject => ({
  conditions: withConditions(pod, readiness('False', 'PodTerminating'), { now }),
})

export interface Finished {
  readonly exitCode: number
  /** The last word of the container. */
  readonly message?: string | undefined
}

export function finishedStatus(pod: JsonObject, { exitCode, message }: Finished, now: Instant): JsonObject {
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: withConditions(pod, readiness('False', exitCode === 0 ? 'PodCompleted' : 'PodFailed'), { now }),
    containerStatuses: containers(pod, {
      isReady: false,
      state: {
        terminated: { exitCode, reason, finishedAt: kubeTime(now), ...(message === undefined ? {} : { message }) },
      },
    }),
  }
}

/** Its containers cannot be run, or cannot be made: `CrashLoopBackOff`, `ImagePullBackOff`, `ContainerCreating`. */
export const waitingStatus = (pod: JsonObject, reason: string, now: Instant): JsonObject => ({
  phase: reason === 'ContainerCreating' ? 'Pending' : 'Running',
  conditions: withConditions(pod, readiness('False', 'ContainersNotReady'), { now }),
  containerStatuses: containers(pod, { isReady: false, state: { waiting: { reason } } }),
})

/** The kubelet stopped it to save its node. */
export const evictedStatus = (pod: JsonObject, now: Instant): JsonObject => ({
  ...finishedStatus(pod, { exitCode: 137 }, now),
  reason: 'Evicted',
  message: 'The node was low on resource: memory.',
  conditions: withConditions(
    pod,
    [
      ...readiness('False', 'PodFailed'),
      { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: '' },
    ],
    { now },
  ),
})

const addresses = ({ podIP, hostIP }: PodPlace): JsonObject => ({
  podIP,
  podIPs: [{ ip: podIP }],
  hostIP,
  hostIPs: [{ ip: hostIP }],
})

const readiness = (status: 'True' | 'False', reason: string): readonly Condition[] => [
  { type: 'Initialized', status: 'True', reason: '', message: '' },
  { type: 'ContainersReady', status, reason, message: '' },
  { type: 'Ready', status, reason, message: '' },
]

interface ContainerState {
  readonly isReady: boolean
  readonly state: JsonObject
  readonly restarts?: number
}

function containers(pod: JsonObject, { isReady, state, restarts = 0 }: ContainerState): readonly JsonObject[] {
  const before = listAt(pod, 'status', 'containerStatuses')
  return listAt(pod, 'spec', 'containers')
    .filter(isObject)
    .map((container) => {
      const old = before.find((status) => textAt(status, 'name') === container['name'])
      return {
        name: textAt(container, 'name') ?? '',
        image: textAt(container, 'image') ?? '',
        imageID: '',
        ready: isReady,
        started: isReady,
        restartCount: (numberAt(old, 'restartCount') ?? 0) + restarts,
        state,
      }
    })
}
