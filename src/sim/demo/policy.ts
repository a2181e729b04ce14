import type { JsonObject } from '../../kernel/json.ts'

const policyName = 'demo'
export const maxConcurrent = 2
export const loadAlert = 'NodeCPUSaturated'

/** A policy as people write it, with holds and deadlines of seconds: for a cluster that lives for a minute. */
export const demoPolicy: JsonObject = {
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: policyName },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { remediable: 'true' } },
    signals: [
      { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 1 },
      { name: 'cpuSaturated', alert: { name: loadAlert }, holdSeconds: 1 },
    ],
    diagnoses: [
      { name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot', 'power-cycle'] },
      { name: 'overloaded', class: 'Load', when: 'cpuSaturated', treatments: ['replace'] },
    ],
    treatments: [
      {
        name: 'reboot',
        reboot: { bootTimeoutSeconds: 10 },
        drain: { deadlineSeconds: 20, onDeadline: 'Proceed' },
        verification: { stableSeconds: 2, timeoutSeconds: 30 },
      },
      {
        name: 'power-cycle',
        powerCycle: { bootTimeoutSeconds: 30 },
        drain: { mode: 'SkipIfNotReady', deadlineSeconds: 10, onDeadline: 'Proceed' },
        verification: { stableSeconds: 2, timeoutSeconds: 30 },
      },
      {
        name: 'replace',
        replace: { provider: 'Karpenter', timeoutSeconds: 60 },
        drain: { deadlineSeconds: 60, onDeadline: 'Quarantine' },
      },
    ],
    limits: { maxConcurrent, maxPerHour: 20, cooldownSeconds: 60, maxUnhealthy: '50%', maxOverloaded: '50%' },
  },
}
