import { annotation, nodeJobLabels } from '../../api/annotations.ts'
import { type Job, jobKind, type NodeJobPod, nodeJobPodKind } from '../../api/core/kinds.ts'
import { type NodeTask, nodeJobResultOf, nodeTasks } from '../../api/node-job-result.ts'
import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import { nodeJobName } from '../../domain/remediation/node-job.ts'
import type { JobSeen, Observation } from '../../domain/remediation/observation.ts'
import { rungOf, type Step } from '../../domain/remediation/step.ts'
import { together } from '../together.ts'
import type { RemediationPorts } from './ports.ts'

type JobsSeen = Pick<Observation, 'job' | 'otherJobPods'>

interface Ordering {
  readonly spec: RunSpec
  readonly uid: string
}

/** The node job of this run, whichever rung it belongs to, with its last word; and whose pods are still at work on the node. */
export async function readNodeJobs(
  ports: Pick<RemediationPorts, 'reader' | 'config'>,
  { spec, uid }: Ordering,
  step: Step,
): Promise<JobsSeen> {
  // A dry run orders nothing, and in Observe nobody may even ask.
  const tasks = spec.dryRun ? [] : nodeTasks.filter((task) => spec.treatments.some((rung) => rung[task] !== undefined))
  const found = await together(tasks.map(async (task) => await readJob(ports, task, uid)))
  const [first] = found.flatMap((job) => job ?? [])
  if (step.name !== 'Treating' || nodeTasks.every((task) => spec.treatments[rungOf(step)]?.[task] === undefined))
    return { job: first && seenOf(first, []), otherJobPods: [] }
  // After the job: what its status tells of them is then to be seen on the pods as well.
  const pods = await podsOnNode(ports, spec.node.name)
  return { job: first && seenOf(first, pods), otherJobPods: pods.filter(isOther(first)).map(nameOf) }
}

interface Found {
  readonly task: NodeTask
  readonly job: Job
}

async function readJob(
  { reader, config }: Pick<RemediationPorts, 'reader' | 'config'>,
  task: NodeTask,
  runUID: string,
): Promise<Found | undefined> {
  const job = await reader.get(jobKind, { namespace: config.namespace, name: nodeJobName(runUID, task) })
  return job && { task, job }
}

const selector = Object.entries(nodeJobLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(',')

const podsOnNode = async (
  { reader, config }: Pick<RemediationPorts, 'reader' | 'config'>,
  nodeName: string,
): Promise<readonly NodeJobPod[]> =>
  await reader.list(nodeJobPodKind, {
    namespace: config.namespace,
    labelSelector: selector,
    fieldSelector: `spec.nodeName=${nodeName}`,
  })

const seenOf = ({ task, job }: Found, pods: readonly NodeJobPod[]): JobSeen => ({
  name: job.metadata.name,
  uid: job.metadata.uid,
  task,
  order: job.metadata.annotations[annotation.order] ?? '',
  failed: job.failed > 0,
  terminating: job.metadata.deletionTimestamp !== undefined,
  result: nodeJobResultOf(pods.find((pod) => isOwnedBy(pod, job))?.lastWord),
})

const isOther =
  (found: Found | undefined) =>
  (pod: NodeJobPod): boolean =>
    !pod.finished && (found === undefined || !isOwnedBy(pod, found.job))

const isOwnedBy = ({ metadata }: NodeJobPod, { metadata: { uid } }: Job): boolean =>
  metadata.ownerReferences.some((owner) => owner.uid === uid)

const nameOf = ({ metadata }: NodeJobPod): string => metadata.name
