import { flagAt, textAt } from '../../../src/kernel/json.ts'
import type { Hardware } from '../../machines/hardware.ts'
import { type PowerChange, readPowerLog } from '../../machines/power-log.ts'
import { operatorNamespace } from '../../operator/install.ts'
import { conditionOf, nameOf } from '../../scenario/conditions.ts'
import { killAndStartAgain, stepDeadlineMs, witness } from '../../scenario/follow.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Stage } from '../../scenario/scenario.ts'
import { wait } from '../../wait.ts'

export interface Fault {
  readonly hardware: Hardware
  readonly began: number
  readonly bootID: string
}

export interface Followed {
  readonly detectedAt: number
  readonly uncordonedAt: number
}

/** Waits for each thing that must be seen, in the order in which it is expected. */
export async function follow(stage: Stage, fault: Fault): Promise<Followed> {
  const { name } = fault.hardware
  const nodes = stage.watch('nodes', name)
  const healths = stage.watch('nodehealths')
  const runs = stage.watch('noderemediations')
  const jobs = stage.watch('jobs', `--namespace=${operatorNamespace}`)
  const saw = witness(stage, fault.began)

  const deadlocked = ({ object }: Seen): boolean => conditionOf(object, 'KernelDeadlock') === 'True'
  await saw(nodes, 'node problem detector sets KernelDeadlock', deadlocked)
  const diagnosed = ({ object }: Seen): boolean =>
    nameOf(object) === name && textAt(object, 'status', 'diagnosis', 'name') === 'kernel-hang'
  const detected = await saw(healths, 'diagnosis kernel-hang', diagnosed)
  await saw(runs, 'a run begins', ({ object }) => textAt(object, 'spec', 'node', 'name') === name)
  await saw(nodes, 'cordoned', ({ object }) => flagAt(object, 'spec', 'unschedulable'))
  await saw(jobs, 'soft reboot ordered: a job is pinned to the node', ({ type }) => type === 'ADDED')
  await powerSeen(stage, fault, 'Off')
  if (stage.varied.killOperator) await killAndStartAgain(stage)
  await powerSeen(stage, fault, 'On')
  const rebooted = ({ object }: Seen): boolean => textAt(object, 'status', 'nodeInfo', 'bootID') !== fault.bootID
  const boot = await saw(nodes, 'new boot ID', rebooted)
  const isReady = (seen: Seen): boolean => seen.at >= boot.at && conditionOf(seen.object, 'Ready') === 'True'
  await saw(nodes, 'Ready again', isReady)
  const uncordoned = (seen: Seen): boolean => seen.at >= boot.at && !flagAt(seen.object, 'spec', 'unschedulable')
  const free = await saw(nodes, 'uncordoned', uncordoned)
  await saw(runs, 'the run has succeeded', ({ object }) => conditionOf(object, 'Succeeded') === 'True')
  return { detectedAt: detected.at, uncordonedAt: free.at }
}

async function powerSeen({ timeline }: Stage, { hardware, began }: Fault, power: PowerChange['power']): Promise<void> {
  const look = async (): Promise<PowerChange | undefined> =>
    readPowerLog(hardware.powerLog).find((change) => change.at >= began && change.power === power)
  const change = await wait(`power ${power}`, look, { deadlineMs: stepDeadlineMs, everyMs: 20 })
  timeline.mark(`the BMC switched the power ${power.toLowerCase()}`, change.at)
}
