import { type DisruptionBudget, disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant } from '../../kernel/time.ts'

export const now = instant(1_800_000_000_000)

/** Running, ready, of a StatefulSet, on its node: what a drain moves without a word. */
export const podWith = (name: string, unusual: Readonly<Record<string, JsonObject>> = {}): Pod => {
  const { metadata = {}, spec = {}, status = {} } = unusual
  return podKind.project({
    metadata: {
      name,
      namespace: 'db',
      uid: `${name}-uid`,
      labels: { app: 'pg' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'pg', uid: 'pg-uid', controller: true }],
      ...metadata,
    },
    spec: { nodeName: 'node-1', ...spec },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...status },
  })
}

export const budgetWith = (status: JsonObject, spec: JsonObject = {}, name = 'pg'): DisruptionBudget =>
  disruptionBudgetKind.project({
    metadata: { name, namespace: 'db', uid: `${name}-budget`, generation: 2 },
    spec: { selector: { matchLabels: { app: 'pg' } }, ...spec },
    status: { observedGeneration: 2, expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, ...status },
  })
