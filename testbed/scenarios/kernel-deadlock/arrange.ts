import type { JsonObject } from '../../../src/kernel/json.ts'
import { arrangeMachineWorkload, healByHand } from '../../incident/machines.ts'
import type { Hardware } from '../../machines/hardware.ts'
import { machineLabel } from '../../machines/machine.ts'
import { arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import type { Stage } from '../../scenario/scenario.ts'

/** A policy for the machines, a workload that a drain can move among them, and the operator. */
export async function arrange(stage: Stage, hardware: Hardware): Promise<void> {
  stage.afterwards(`healing ${hardware.name}`, () => healByHand(stage, hardware))
  await healByHand(stage, hardware)
  await arrangeMachineWorkload(stage, 6)
  await arrangeOperator(stage)
  await arrangePolicy(stage, policy)
}

/** Real rungs with short times. The drain may take its budget's time; the soft reboot is given up after six seconds. */
const policy: JsonObject = {
  apiVersion: 'prunella.dev/v1alpha1',
  kind: 'NodeRemediationPolicy',
  metadata: { name: 'machines' },
  spec: {
    mode: 'Automatic',
    nodeSelector: { matchLabels: { [machineLabel]: 'true' } },
    signals: [{ name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' }, holdSeconds: 1 }],
    diagnoses: [{ name: 'kernel-hang', class: 'Fault', when: 'kernelDeadlock', treatments: ['reboot', 'power-cycle'] }],
    treatments: [
      {
        name: 'reboot',
        reboot: { bootTimeoutSeconds: 6 },
        drain: { deadlineSeconds: 60, onDeadline: 'Proceed' },
        verification: { stableSeconds: 1, timeoutSeconds: 30 },
      },
      {
        name: 'power-cycle',
        powerCycle: { bootTimeoutSeconds: 60 },
        drain: { mode: 'SkipIfNotReady', deadlineSeconds: 30, onDeadline: 'Proceed' },
        verification: { stableSeconds: 2, timeoutSeconds: 60 },
      },
    ],
    limits: {
      maxConcurrent: 1,
      maxUnhealthy: '50%',
      maxPerHour: 1_000,
      cooldownSeconds: 0,
      attempts: { max: 20, windowSeconds: 60 },
    },
  },
}
