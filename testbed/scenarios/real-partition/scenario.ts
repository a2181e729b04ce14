import { flagAt, type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import { type PowerChange, readPowerLog } from '../../machines/power-log.ts'
import { run } from '../../process/run.ts'
import { machineAddress } from '../../real-machines/addresses.ts'
import { bootIdOf } from '../../real-machines/boot-id.ts'
import { type RealMachine, realMachinesOf } from '../../real-machines/real-machine.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { cordonChecks, deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { conditionOf, nameOf } from '../../scenario/conditions.ts'
import { witness } from '../../scenario/follow.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { bootCheck, powerChecks, remainderChecks } from '../kernel-deadlock/judge.ts'

/** The machine runs and nobody hears it. Its BMC is on another network, as BMCs are. */
export const realPartition: Scenario = {
  name: 'real-partition',
  title: 'a real node is cut off: it is taken for lost only when its lease has stood still, and power brings it back',
  tier: 'C',
  play: async (stage) => {
    const { layout } = stage.bed
    await arrangeMachines(stage)
    const [machine, ...others] = realMachinesOf(layout)
    if (machine === undefined) throw new Error('the rack is empty')
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, policy)
    const bootID = await bootIdOf(stage, machine)
    const { link } = machineAddress(layout, machine.index)
    // a boot plugs it in again, so that there may be nothing left to do
    stage.afterwards('plugging the cable in', () => run('ip', ['link', 'set', link, 'up']))

    const began = Date.now()
    stage.timeline.fault(`the cable of ${machine.name} is pulled`, began)
    await run('ip', ['link', 'set', link, 'down'])
    await follow(stage, machine, { began, bootID })

    const audit = readAudit(layout.auditLog, began)
    const changes = (of: RealMachine): readonly PowerChange[] =>
      readPowerLog(of.powerLog).filter(({ at }) => at >= began)
    return [
      ...powerChecks(changes(machine), others.flatMap(changes)),
      bootCheck(bootID, await bootIdOf(stage, machine)),
      ...cordonChecks(audit, machine.name),
      deletionCheck(audit),
      rightsCheck(audit),
      ...(await remainderChecks(stage, machine.name)),
    ]
  },
}

const policy: JsonObject = machinePolicy({
  signals: [{ name: 'silent', nodeCondition: { type: 'Ready', status: 'Unknown' }, holdSeconds: 5 }],
  diagnoses: [{ name: 'node-silent', class: 'Fault', when: 'silent', treatments: ['power-cycle'] }],
  drain: { mode: 'SkipIfNotReady', deadlineSeconds: 30, onDeadline: 'Proceed' },
})

interface Fault {
  readonly began: number
  readonly bootID: string
}

async function follow(stage: Stage, { name }: RealMachine, { began, bootID }: Fault): Promise<void> {
  const nodes = stage.watch('nodes', name)
  const healths = stage.watch('nodehealths')
  const runs = stage.watch('noderemediations')
  const saw = witness(stage, began)
  await saw(nodes, 'nobody has heard of it for a while', ({ object }) => conditionOf(object, 'Ready') === 'Unknown')
  const diagnosed = ({ object }: Seen): boolean =>
    nameOf(object) === name && textAt(object, 'status', 'diagnosis', 'name') === 'node-silent'
  await saw(healths, 'diagnosis node-silent', diagnosed)
  await saw(nodes, 'cordoned', ({ object }) => flagAt(object, 'spec', 'unschedulable'))
  const rebooted = ({ object }: Seen): boolean => textAt(object, 'status', 'nodeInfo', 'bootID') !== bootID
  const boot = await saw(nodes, 'new boot ID', rebooted)
  const isReady = (seen: Seen): boolean => seen.at >= boot.at && conditionOf(seen.object, 'Ready') === 'True'
  await saw(nodes, 'Ready again', isReady)
  const given = (seen: Seen): boolean => seen.at >= boot.at && !flagAt(seen.object, 'spec', 'unschedulable')
  await saw(nodes, 'uncordoned', given)
  await saw(runs, 'the run has succeeded', ({ object }) => conditionOf(object, 'Succeeded') === 'True')
}
