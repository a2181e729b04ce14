import type { JsonObject } from '../../../src/kernel/json.ts'
import { benchLabel, sickConditions } from '../scale/generated-cluster.ts'

/** What the policies ask of Prometheus. The second is asked over a stretch of time. */
export const asked = {
  memory: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes',
  disk: 'rate(node_disk_io_time_seconds_total[1m])',
} as const
export const range = { windowSeconds: 600, stepSeconds: 30 }

export const alertName = 'NodeCPUSaturated'
const eventReason = 'TaskHung'

/** Twelve, of all ten kinds of sources. */
const signals: readonly JsonObject[] = [
  { name: 'kernelDeadlock', nodeCondition: { type: sickConditions.kept, status: 'True' }, holdSeconds: 0 },
  { name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' }, holdSeconds: 300 },
  { name: 'leaseSilent', lease: { silentSeconds: 40 } },
  { name: 'cpuSaturated', alert: { name: alertName }, holdSeconds: 30 },
  { name: 'memoryShort', query: { expr: asked.memory, below: 0.1 }, samples: { atLeast: 3, of: 4 } },
  { name: 'diskBusy', query: { expr: asked.disk, above: 0.8, range: { ...range, sharePercent: 90 } } },
  { name: 'evictionStorm', evictionStorm: { evictions: 5, windowSeconds: 300 } },
  { name: 'tasksHung', nodeEvent: { reason: eventReason, count: 3, windowSeconds: 600 } },
  { name: 'podsCrash', podSymptom: { symptom: 'CrashLooping' } },
  { name: 'bootsAlone', reboots: {} },
  { name: 'neverReady', startup: {} },
  { name: 'leaving', notice: {} },
]

/** Every signal is read, some through their numbers: a tree as large as that of the shipped templates. */
const diagnoses: readonly JsonObject[] = [
  { name: 'kernel-hang', when: 'kernelDeadlock || tasksHung && podsCrash' },
  { name: 'node-dead', when: 'kubeletSilent && leaseSilent' },
  { name: 'start-failed', when: 'neverReady && !leaving' },
  { name: 'boot-loop', when: 'bootsAlone || rate.bootsAlone > 0.01' },
  { name: 'memory-short', when: 'memoryShort && (evictionStorm || value.memoryShort < 0.02)', class: 'Load' },
  { name: 'disk-saturated', when: 'diskBusy && rate.tasksHung > 0.1', class: 'Load' },
  { name: 'overloaded', when: 'cpuSaturated && (memoryShort || diskBusy)', class: 'Load' },
].map((diagnosis) => ({ class: 'Fault', treatments: ['keep'], ...diagnosis }))

const policy = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name },
  spec: {
    nodeSelector: { matchLabels: { [benchLabel]: 'true' } },
    treatments: [{ name: 'keep', quarantine: {}, drain: { mode: 'Skip' } }],
    ...spec,
  },
})

/** It only looks: nothing is started, whoever falls ill. */
export const signalPolicy = policy('signals', { mode: 'Observe', signals, diagnoses })

/** Selects no node, and asks what the other asks: a threshold of its own makes no question of its own. */
export const secondPolicy = policy('second', {
  mode: 'Observe',
  nodeSelector: { matchLabels: { [benchLabel]: 'none' } },
  signals: [{ name: 'memoryGone', query: { expr: asked.memory, below: 0.01 } }],
  diagnoses: [{ name: 'memory-gone', class: 'Load', when: 'memoryGone', treatments: ['keep'] }],
})

export const signalCount = signals.length
