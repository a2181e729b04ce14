import type { JsonObject } from '../../src/kernel/json.ts'
import { machineLabel } from '../machines/machine.ts'

/** Caps over all policies that hold nothing: of three machines all may be sick at once, again and again. */
export const looseGuard: JsonObject = {
  maxUnhealthy: '100%',
  maxPerHour: 1_000,
  coolingSeconds: 0,
  correlatedFailures: { minNodes: 1_000, minPercent: 100, darkZonePercent: 100 },
}

export interface MachinePolicy {
  readonly holdSeconds?: number
  readonly drain?: JsonObject
  readonly limits?: JsonObject
  /** Of a kernel that hangs. Left out: a power cycle at once. */
  readonly ladder?: readonly string[]
  readonly treatments?: readonly JsonObject[]
  /** Further signals and diagnoses. */
  readonly signals?: readonly JsonObject[]
  readonly diagnoses?: readonly JsonObject[]
}

/** Heals the machines by a power cycle at once, and lets as many be sick as there are: nothing but what the story adds holds. */
export const machinePolicy = ({
  holdSeconds = 1,
  drain = { deadlineSeconds: 600, onDeadline: 'Quarantine' },
  limits = {},
  ladder = ['power-cycle'],
  treatments = [powerCycle(drain)],
  signals = [],
  diagnoses = [],
}: MachinePolicy = {}): JsonObject => ({
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: 'machines' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { [machineLabel]: 'true' } },
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds },
      ...signals,
    ],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ladder }, ...diagnoses],
    treatments,
    limits: {
      maxConcurrent: 1,
      maxUnhealthy: '100%',
      minHealthy: 0,
      maxPerHour: 1_000,
      cooldownSeconds: 0,
      attempts: { max: 20, windowSeconds: 60 },
      ...limits,
    },
  },
})

const powerCycle = (drain: JsonObject): JsonObject => ({
  name: 'power-cycle',
  powerCycle: { bootTimeoutSeconds: 300 },
  drain,
  verification: { stableSeconds: 1, timeoutSeconds: 120 },
})
