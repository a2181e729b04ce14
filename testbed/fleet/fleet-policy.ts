import type { JsonObject } from '../../src/kernel/json.ts'
import { noHeartbeatSeconds } from '../kwok/nodes.ts'
import { fleetCondition, fleetLabel } from './fleet.ts'

export const fleetPolicyName = 'fleet'

/** Heals the fleet by reboots, with short times. `limits` and other fields of the spec are as the story needs them. */
export function fleetPolicy({ limits, ...spec }: JsonObject & { readonly limits?: JsonObject } = {}): JsonObject {
  return {
    apiVersion: 'prunella.dev/v1alpha1',
    kind: 'NodeRemediationPolicy',
    metadata: { name: fleetPolicyName },
    spec: {
      mode: 'Automatic',
      nodeSelector: { matchLabels: { [fleetLabel]: 'true' } },
      signals: [
        {
          name: 'kernelDeadlock',
          nodeCondition: { type: fleetCondition, status: 'True' },
          holdSeconds: 1,
          freshnessSeconds: noHeartbeatSeconds,
        },
      ],
      diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot'] }],
      treatments: [
        {
          name: 'reboot',
          reboot: { bootTimeoutSeconds: 120 },
          drain: { deadlineSeconds: 900, onDeadline: 'Quarantine' },
          verification: { stableSeconds: 1, timeoutSeconds: 120 },
        },
      ],
      ...spec,
      limits: { maxPerHour: 1_000, cooldownSeconds: 0, attempts: { max: 20, windowSeconds: 60 }, ...limits },
    },
  }
}
