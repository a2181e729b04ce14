import { listAt, numberAt, textAt } from '../../src/kernel/json.ts'
import { workloadNamespace } from '../scenario/arrange.ts'
import { conditionOf, nameOf, uidOf } from '../scenario/conditions.ts'
import type { Stage } from '../scenario/scenario.ts'
import { wait } from '../wait.ts'

/** A pod that really runs. */
export interface RunningPod {
  readonly name: string
  readonly uid: string
  readonly address: string
  readonly restarts: number
}

const namespace = `--namespace=${workloadNamespace}`

/** The one pod of a deployment of the workload, once it is Ready; `fits` says which of its lives is meant. */
export function runningPod(
  { bed: { kubectl } }: Stage,
  app: string,
  fits: (pod: RunningPod) => boolean = () => true,
): Promise<RunningPod> {
  const look = async (): Promise<RunningPod | undefined> => {
    const pods = await kubectl.list(['get', 'pods', namespace, `--selector=app=${app}`])
    return pods
      .filter((pod) => conditionOf(pod, 'Ready') === 'True')
      .map((pod) => ({
        name: nameOf(pod),
        uid: uidOf(pod),
        address: textAt(pod, 'status', 'podIP') ?? '',
        restarts: numberAt(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount') ?? 0,
      }))
      .find(fits)
  }
  return wait(`a pod of ${app} to run`, look, { deadlineMs: podDeadlineMs, everyMs: 300 })
}

const podDeadlineMs = 120_000

/** What its container wrote since it was started last, by way of the kubelet. */
export const logsOf = ({ bed: { kubectl } }: Stage, { name }: RunningPod): Promise<string> =>
  kubectl.run(['logs', name, namespace])

/** The output of a command within the pod; rejects when it fails. */
export const runIn = ({ bed: { kubectl } }: Stage, { name }: RunningPod, command: readonly string[]): Promise<string> =>
  kubectl.run(['exec', name, namespace, '--', ...command])
