import type { JsonObject } from '../../../src/kernel/json.ts'
import { sickLabel } from '../../rule-pack/sick-node.ts'
import type { Fault } from './fault.ts'

/** One policy for each group of the matrix, in mode Observe and without holds. */
export const policiesFor = (faults: readonly Fault[]): readonly JsonObject[] =>
  [...Map.groupBy(faults, ({ group }) => group)].map(([group, inside]) => policyOf(group, inside))

const policyOf = (group: string, faults: readonly Fault[]): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: `detection-${group}` },
  spec: {
    mode: 'Observe',
    nodeSelector: { matchLabels: { [sickLabel]: group } },
    signals: faults.map(({ name, signal }) => ({ name: signalNameOf(name), bootGraceSeconds: 0, ...signal })),
    diagnoses: [...Map.groupBy(faults, ({ diagnosis }) => diagnosis)].map(([name, same]) => ({
      name,
      class: same[0]?.class ?? 'Fault',
      when: same.map((fault) => signalNameOf(fault.name)).join(' || '),
      treatments: ['quarantine'],
    })),
    treatments: [{ name: 'quarantine', quarantine: {}, drain: { mode: 'Skip' } }],
    limits: { maxConcurrent: 1, maxUnhealthy: '100%', maxOverloaded: '100%', minHealthy: 0 },
  },
})

/** `kernel-deadlock` to `kernelDeadlock`: expressions know no dashes. */
export const signalNameOf = (fault: string): string =>
  fault.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
