import { annotation, keepOffMarks } from '../../src/api/annotations.ts'
import { askBmc, switchPower } from '../machines/bmc.ts'
import { type Hardware, hardwareOf } from '../machines/hardware.ts'
import { machineLabel } from '../machines/machine.ts'
import { arrangeWorkload, container, deployment, disruptionBudget } from '../scenario/arrange.ts'
import { conditionOf } from '../scenario/conditions.ts'
import type { Stage } from '../scenario/scenario.ts'
import { wait } from '../wait.ts'

/** All machines healthy, now and when the story is over. */
export async function arrangeMachines(stage: Stage): Promise<readonly Hardware[]> {
  const rack = hardwareOf(stage.bed.layout)
  for (const hardware of rack) {
    stage.afterwards(`healing ${hardware.name}`, () => healByHand(stage, hardware))
    await healByHand(stage, hardware)
  }
  return rack
}

/** Pods that a drain can move among the machines, one at a time. */
export const arrangeMachineWorkload = (stage: Stage, replicas: number): Promise<void> =>
  arrangeWorkload(stage, [
    deployment(machineWorkload, replicas, { nodeSelector: { [machineLabel]: 'true' }, containers: [container('1')] }),
    disruptionBudget(machineWorkload),
  ])

export const machineWorkload = 'web'

/** What is certain about a machine after a power cycle: nothing hangs any more, and the log is empty. */
export async function healByHand({ bed: { kubectl } }: Stage, hardware: Hardware): Promise<void> {
  const node = await kubectl.json(['get', 'node', hardware.name])
  const off = (await askBmc(hardware, ['power', 'status'])) === 'Chassis Power is off'
  if (off) await switchPower(hardware, 'on')
  else if (conditionOf(node, 'KernelDeadlock') === 'True') await askBmc(hardware, ['power', 'cycle'])
  await kubectl.run(['uncordon', hardware.name])
  const marks = [...Object.values(annotation), ...keepOffMarks].map((key) => `${key}-`)
  await kubectl.run(['annotate', 'node', hardware.name, ...marks])
  const healthy = async (): Promise<true | undefined> => {
    const node = await kubectl.json(['get', 'node', hardware.name])
    return conditionOf(node, 'Ready') === 'True' && conditionOf(node, 'KernelDeadlock') === 'False' ? true : undefined
  }
  await wait(`${hardware.name} to be healthy`, healthy, { deadlineMs: 180_000, everyMs: 300 })
}
