import { expect, test } from 'vitest'
import { annotation, nodeJobLabels } from '../../api/annotations.ts'
import { nodeJobName } from '../../domain/remediation/node-job.ts'
import { inPlaceLadder, runSpec, runUID, steps, treating } from '../../domain/remediation/observation.fixture.ts'
import type { Step } from '../../domain/remediation/step.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { readNodeJobs } from './read-node-jobs.ts'

const namespace = 'prunella-system'
const result = { version: 1, task: 'freeDisk', bootID: 'b00f', before: 91, after: 60 }

const freeing: JsonObject = {
  metadata: {
    namespace,
    name: nodeJobName(runUID, 'freeDisk'),
    uid: 'job',
    annotations: { [annotation.order]: '0/0' },
  },
  status: { failed: 1 },
}
const podOf = (job: string, phase: string, message?: string): JsonObject => ({
  metadata: { namespace, name: `pod-of-${job}`, uid: `pod-of-${job}`, ownerReferences: [{ kind: 'Job', uid: job }] },
  status: { phase, containerStatuses: [{ state: { terminated: message === undefined ? {} : { message } } }] },
})

/** What is seen, and what was asked for it. */
async function looked(step: Step, { spec = {}, pods = [] }: { spec?: JsonObject; pods?: readonly JsonObject[] } = {}) {
  const asked: string[] = []
  const reader: ClusterReader = {
    get: async (kind, { name }) => {
      asked.push(name.replace(/-[^-]*$/, ''))
      return name === nodeJobName(runUID, 'freeDisk') ? kind.project(freeing) : undefined
    },
    list: async (kind, { labelSelector, fieldSelector } = {}) => {
      asked.push(`pods ${labelSelector} ${fieldSelector}`)
      return pods.map((pod) => kind.project(pod))
    },
  }
  const ports = { reader, config: { namespace, nodeJobImage: 'x' } }
  const ordering = { spec: runSpec({ treatments: inPlaceLadder, ...spec }), uid: runUID }
  return { asked, seen: await readNodeJobs(ports, ordering, step) }
}

test('each task of the ladder has its job, and pods are asked for where a rung runs one', async () => {
  expect((await looked(steps.draining)).asked).toEqual(['free-disk', 'restart-service'])
  const labels = Object.entries(nodeJobLabels).map(([key, value]) => `${key}=${value}`)
  const pods = `pods ${labels.join(',')} spec.nodeName=node-1`
  expect((await looked(treating())).asked).toEqual(['free-disk', 'restart-service', pods])
  expect((await looked(treating({ rung: 2, stage: 'PoweringOff' }))).asked).toEqual(['free-disk', 'restart-service'])
})

test('a dry run, and a ladder that orders nothing on nodes, ask for none', async () => {
  expect((await looked(treating(), { spec: { dryRun: true } })).seen.job).toBeUndefined()
  expect((await looked(steps.draining, { spec: { dryRun: true } })).asked).toEqual([])
  expect((await looked(steps.draining, { spec: { treatments: inPlaceLadder.slice(2) } })).asked).toEqual([])
})

test('the last word is that of its own pod, and the pods of others count while they run', async () => {
  const pods = [
    podOf('another', 'Running', JSON.stringify({ ...result, after: 1 })),
    podOf('job', 'Failed', JSON.stringify(result)),
    podOf('third', 'Succeeded'),
  ]
  const { seen } = await looked(treating(), { pods })
  expect(seen.job).toMatchObject({ task: 'freeDisk', order: '0/0', failed: true, terminating: false, result })
  expect(seen.otherJobPods).toEqual(['pod-of-another'])
})

test.each([undefined, 'Killed', JSON.stringify({ ...result, after: 'free' })])(
  '%j is no last word',
  async (message) => {
    const { seen } = await looked(treating(), { pods: [podOf('job', 'Failed', message)] })
    expect(seen.job).toMatchObject({ failed: true, result: undefined })
  },
)
