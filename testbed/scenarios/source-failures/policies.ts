import type { JsonObject } from '../../../src/kernel/json.ts'
import { sickLabel } from '../../rule-pack/sick-node.ts'

/** Older evidence is Unknown. */
export const freshnessSeconds = 6
/**
 * Far above the freshness, and above what it takes to write that down: who believed old evidence would begin then. What a second
 * source still tells is watched until doubt would have been written down, and is well again before its hold is over.
 */
export const holdSecondsOf: Readonly<Record<Road, number>> = { query: 15, alert: 30, detector: 15 }

/** True for ever and never due: of a node that is in doubt about this much, every signal that is not plainly False is written down. */
export const watchedCondition = 'Watched'

type Road = 'query' | 'alert' | 'detector'
export const signalOf: Readonly<Record<Road, string>> = {
  query: 'memoryByQuery',
  alert: 'memoryByAlert',
  detector: 'kernelDeadlock',
}

const sources: Readonly<Record<Road, JsonObject>> = {
  query: { query: { expr: 'node:memory_available:bytes', below: 100 * 2 ** 20 } },
  alert: { alert: { name: 'NodeMemoryNearlyGone' } },
  detector: { nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
}

/** A policy that acts, for each road: whoever believes what a dead source said last would cordon. */
export const policyOf = (road: Road): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: `source-${road}` },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { [sickLabel]: road } },
    signals: [
      {
        name: signalOf[road],
        ...sources[road],
        holdSeconds: holdSecondsOf[road],
        freshnessSeconds,
        bootGraceSeconds: 0,
      },
      {
        name: 'watched',
        nodeCondition: { type: watchedCondition, status: 'True' },
        holdSeconds: day,
        freshnessSeconds: day,
      },
    ],
    diagnoses: [
      { name: 'node-sick', class: 'Fault', when: signalOf[road], treatments: ['quarantine'] },
      { name: 'watched', class: 'Fault', when: 'watched', treatments: ['quarantine'] },
    ],
    treatments: [{ name: 'quarantine', quarantine: {}, drain: { mode: 'Skip' } }],
    limits: {
      maxConcurrent: 5,
      maxUnhealthy: '100%',
      minHealthy: 0,
      maxPerHour: 1_000,
      cooldownSeconds: 0,
      attempts: { max: 20, windowSeconds: 60 },
    },
  },
})

const day = 86_400

export const roads: readonly Road[] = ['query', 'alert', 'detector']
