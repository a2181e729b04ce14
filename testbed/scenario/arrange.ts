import type { JsonObject } from '../../src/kernel/json.ts'
import { sendAll } from '../bulk.ts'
import { nameOf } from './conditions.ts'
import type { Stage } from './scenario.ts'

/** Starts the operator under test without any memory, and ends it after the story together with all that it remembers. */
export async function arrangeOperator(stage: Stage): Promise<void> {
  await arrangeForgetting(stage)
  await stage.operator.start()
  stage.say('the operator leads')
}

/** Two replicas: the first leads, and the other has its caches full. */
export async function arrangeReplicas(stage: Stage): Promise<void> {
  await arrangeOperator(stage)
  await stage.standby.startBehind()
  stage.say('a second replica waits')
}

async function arrangeForgetting({ operator, standby, afterwards, bed }: Stage): Promise<void> {
  const stop = (): Promise<unknown> => Promise.all([standby.stop(), operator.stop()])
  await stop()
  await forgetRuns(bed)
  afterwards('forgetting the runs', () => forgetRuns(bed))
  afterwards('stopping the operator', stop)
}

/** The caps over all policies, as this story needs them. */
export async function arrangeGuard({ bed: { kubectl }, afterwards }: Stage, spec: JsonObject): Promise<void> {
  const guard = await kubectl.json(['get', 'remediationguard', 'cluster'])
  const patch = (type: 'json' | 'merge', value: unknown): Promise<string> =>
    kubectl.run(['patch', 'remediationguard', 'cluster', `--type=${type}`, `--patch=${JSON.stringify(value)}`])
  const before = [{ op: 'replace', path: '/spec', value: guard['spec'] ?? {} }]
  afterwards('restoring the guard', () => patch('json', before))
  await patch('merge', { spec })
}

/** A new operator must find a bed without history, whatever became of the last story: no policy, run, health, slot, trip. */
async function forgetRuns(bed: Stage['bed']): Promise<void> {
  const kubectl = bed.kubectl.run
  await kubectl(['delete', 'noderemediationpolicies', '--all', '--wait'])
  const runs = (await kubectl(['get', 'noderemediations', '--output=name'])).split('\n').filter((name) => name !== '')
  for (const run of runs) await kubectl(['patch', run, '--type=merge', '--patch={"metadata":{"finalizers":null}}'])
  // as collections: after a storm there are hundreds
  const kinds = ['noderemediations', 'nodehealths', 'remediationpauses', 'remediationapprovals']
  await sendAll(
    bed,
    kinds.map((kind) => ({ method: 'DELETE', path: `/apis/prunella.dev/v1alpha1/${kind}` })),
  )
  const empty = '--patch={"spec":{"slots":[],"starts":[],"breakers":[]}}'
  await kubectl(['patch', 'disruptionledger', 'cluster', '--type=merge', empty])
}

/** Applies the policy and waits until the operator has accepted it. */
export async function arrangePolicy({ bed, afterwards, say }: Stage, policy: JsonObject): Promise<void> {
  const name = nameOf(policy)
  afterwards('removing the policy', () =>
    bed.kubectl.run(['delete', 'noderemediationpolicy', name, '--ignore-not-found']),
  )
  await bed.kubectl.apply([policy])
  const ready = ['wait', `noderemediationpolicy/${name}`, '--for=condition=Ready', '--timeout=30s']
  await bed.kubectl.run(ready, { timeoutMs: 40_000 })
  say(`policy ${name} is ready`)
}

/** A namespace of its own for the workload, gone with everything in it when the story is over. */
export async function arrangeWorkload({ bed, afterwards }: Stage, objects: readonly JsonObject[]): Promise<void> {
  const remove = ['delete', 'namespace', workloadNamespace, '--ignore-not-found', '--wait', '--timeout=60s']
  const removeAll = (): Promise<string> => bed.kubectl.run(remove, { timeoutMs: 70_000 })
  await removeAll()
  afterwards('removing the workload', removeAll)
  await bed.kubectl.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: workloadNamespace } }, ...objects])
  const available = ['wait', 'deployment', '--all', '--for=condition=Available', '--timeout=60s']
  await bed.kubectl.run([...available, `--namespace=${workloadNamespace}`], { timeoutMs: 70_000 })
}

export const workloadNamespace = 'story'

/** Pods that run in name only; `spec` says where they may run and how much they ask for. */
export const deployment = (name: string, replicas: number, spec: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: workloadNamespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec },
  },
})

/** At most one pod may be away at a time. */
export const disruptionBudget = (name: string): JsonObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: workloadNamespace },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
})

export const container = (cpu: string): JsonObject => ({
  name: 'main',
  image: 'registry.testbed/workload:1',
  resources: { requests: { cpu } },
})
