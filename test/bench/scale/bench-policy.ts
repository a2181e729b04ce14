import { guardName } from '../../../src/api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../../src/kernel/json.ts'
import { benchLabel, sickConditions } from './generated-cluster.ts'

const policyName = 'bench'

/** Ordinary: what a cautious team would set, so that a storm meets the breaker. Lifted: as far as the kinds allow. */
export type Limits = 'Ordinary' | 'Lifted'

const limitsOf: Readonly<Record<Limits, JsonObject>> = {
  Ordinary: { maxConcurrent: 5, maxPerHour: 60, maxUnhealthy: '5%', canary: false },
  Lifted: {
    maxConcurrent: 200,
    maxPerHour: 1_000,
    cooldownSeconds: 0,
    maxUnhealthy: '100%',
    canary: false,
    attempts: { max: 20, windowSeconds: 60 },
  },
}

/** Its only rung is to keep the node for people: a run ends as soon as the cordon is seen, and gives its slot back. */
export const benchPolicy = (limits: Limits, labels: JsonObject = { [benchLabel]: 'true' }): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: policyName },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: labels },
    signals: [
      { name: 'kept', nodeCondition: { type: sickConditions.kept, status: 'True' }, holdSeconds: 0 },
      { name: 'emptied', nodeCondition: { type: sickConditions.emptied, status: 'True' }, holdSeconds: 0 },
    ],
    diagnoses: [
      { name: 'kept', class: 'Fault', when: 'kept', treatments: ['keep'] },
      { name: 'emptied', class: 'Fault', when: 'emptied', treatments: ['empty'] },
    ],
    treatments: [
      { name: 'keep', quarantine: {}, drain: { mode: 'Skip' } },
      { name: 'empty', quarantine: {}, drain: { mode: 'Full', deadlineSeconds: 1_800 } },
    ],
    limits: limitsOf[limits],
    history: { keep: 500 },
  },
})

export const benchGuard = (limits: Limits): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'RemediationGuard',
  metadata: { name: guardName },
  spec:
    limits === 'Ordinary'
      ? {}
      : {
          maxConcurrent: 200,
          maxPerHour: 1_000,
          maxUnhealthy: '100%',
          coolingSeconds: 0,
          correlatedFailures: { minNodes: 1_000, minPercent: 100 },
        },
})
