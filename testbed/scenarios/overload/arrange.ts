import type { JsonObject } from '../../../src/kernel/json.ts'
import { cpuAlert } from '../../alerting/config.ts'
import { setCpuRatios } from '../../alerting/metrics.ts'
import {
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
  disruptionBudget,
} from '../../scenario/arrange.ts'
import type { Stage } from '../../scenario/scenario.ts'
import { wait } from '../../wait.ts'

const workload = 'shop'
export const replicas = 6

/** Six pods fill two nodes of Karpenter's, three on each; the budget lets one of them be away at a time. */
export async function arrange(stage: Stage): Promise<void> {
  const { bed } = stage
  stage.afterwards('waiting until Karpenter has given its nodes back', () => nodesGivenBack(stage))
  stage.afterwards('clearing the metrics', async () => setCpuRatios(bed.layout, {}))
  await arrangeWorkload(stage, [
    deployment(workload, replicas, { nodeSelector: { pool: 'karpenter' }, containers: [container('4500m')] }),
    disruptionBudget(workload),
  ])
  await arrangeOperator(stage)
  await arrangePolicy(stage, policy)
}

/** Empty nodes cost money: Karpenter removes them within seconds. What it keeps is removed here. */
async function nodesGivenBack({ bed: { kubectl } }: Stage): Promise<void> {
  await kubectl.run(['delete', 'nodeclaims', '--all', '--wait=false'])
  const gone = async (): Promise<true | undefined> =>
    (await kubectl.list(['get', 'nodes', '--selector=pool=karpenter'])).length === 0 ? true : undefined
  await wait('the end of the nodes of Karpenter', gone, { deadlineMs: 60_000, everyMs: 500 })
}

const policy: JsonObject = {
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: 'karpenter-nodes' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { pool: 'karpenter' } },
    signals: [{ name: 'cpuSaturated', alert: { name: cpuAlert }, holdSeconds: 1 }],
    diagnoses: [{ name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: ['replace'] }],
    treatments: [
      {
        name: 'replace',
        replace: { provider: 'Karpenter', timeoutSeconds: 120 },
        drain: { deadlineSeconds: 120, onDeadline: 'Quarantine' },
        verification: { stableSeconds: 1, timeoutSeconds: 60 },
      },
    ],
    limits: {
      maxConcurrent: 1,
      maxOverloaded: '50%',
      maxPerHour: 1_000,
      cooldownSeconds: 0,
      attempts: { max: 20, windowSeconds: 60 },
    },
  },
}
