import { annotation, keepOffMarks } from '../../../src/api/annotations.ts'
import type { JsonObject } from '../../../src/kernel/json.ts'
import { askBmc } from '../../machines/bmc.ts'
import type { Hardware } from '../../machines/hardware.ts'
import { machineLabel } from '../../machines/machine.ts'
import {
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
  disruptionBudget,
} from '../../scenario/arrange.ts'
import { conditionOf } from '../../scenario/conditions.ts'
import type { Stage } from '../../scenario/scenario.ts'
import { wait } from '../../wait.ts'

/** A policy for the machines, a workload that a drain can move among them, and the operator. */
export async function arrange(stage: Stage, hardware: Hardware): Promise<void> {
  stage.afterwards(`healing ${hardware.name}`, () => healByHand(stage, hardware))
  await healByHand(stage, hardware)
  await arrangeWorkload(stage, [
    deployment('web', 6, { nodeSelector: { [machineLabel]: 'true' }, containers: [container('1')] }),
    disruptionBudget('web'),
  ])
  await arrangeOperator(stage)
  await arrangePolicy(stage, policy)
}

/** What is certain about a machine after a power cycle: nothing hangs any more, and the log is empty. */
async function healByHand({ bed: { kubectl } }: Stage, hardware: Hardware): Promise<void> {
  const node = await kubectl.json(['get', 'node', hardware.name])
  const off = (await askBmc(hardware, ['power', 'status'])) === 'Chassis Power is off'
  if (off) await askBmc(hardware, ['power', 'on'])
  else if (conditionOf(node, 'KernelDeadlock') === 'True') await askBmc(hardware, ['power', 'cycle'])
  await kubectl.run(['uncordon', hardware.name])
  const marks = [...Object.values(annotation), ...keepOffMarks].map((key) => `${key}-`)
  await kubectl.run(['annotate', 'node', hardware.name, ...marks])
  const healthy = async (): Promise<true | undefined> => {
    const node = await kubectl.json(['get', 'node', hardware.name])
    return conditionOf(node, 'Ready') === 'True' && conditionOf(node, 'KernelDeadlock') === 'False' ? true : undefined
  }
  await wait(`${hardware.name} to be healthy`, healthy, { deadlineMs: 30_000, everyMs: 300 })
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
