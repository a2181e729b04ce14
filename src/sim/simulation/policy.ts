import type { JsonObject } from '../../kernel/json.ts'

const policyName = 'sim'
export const loadAlert = 'NodeCPUSaturated'

/** A policy as people write it, with ordinary times. Two at once, one per zone. */
export const simPolicy: JsonObject = {
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: policyName },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 10 },
      { name: 'cpuSaturated', alert: { name: loadAlert }, holdSeconds: 30 },
    ],
    diagnoses: [
      { name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot', 'power-cycle'] },
      { name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: ['replace'] },
    ],
    treatments: [
      {
        name: 'reboot',
        reboot: { bootTimeoutSeconds: 180 },
        drain: { deadlineSeconds: 60, onDeadline: 'Proceed' },
        verification: { stableSeconds: 30, timeoutSeconds: 300 },
      },
      {
        name: 'power-cycle',
        powerCycle: { bootTimeoutSeconds: 300 },
        drain: { mode: 'SkipIfNotReady', deadlineSeconds: 30, onDeadline: 'Proceed' },
        verification: { stableSeconds: 30, timeoutSeconds: 300 },
      },
      {
        name: 'replace',
        replace: { provider: 'Karpenter', timeoutSeconds: 900 },
        drain: { deadlineSeconds: 600, onDeadline: 'Quarantine' },
      },
    ],
    limits: {
      maxConcurrent: 2,
      topologyLimits: [{ topologyKey: 'topology.kubernetes.io/zone', maxConcurrent: 1 }],
      maxPerHour: 6,
      cooldownSeconds: 600,
      maxUnhealthy: '60%',
      maxOverloaded: '60%',
    },
  },
}
