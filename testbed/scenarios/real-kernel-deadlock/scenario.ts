import type { JsonObject } from '../../../src/kernel/json.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import { writeKernelLine } from '../../machines/kernel-log.ts'
import { machineLabel } from '../../machines/machine.ts'
import { type PowerChange, readPowerLog } from '../../machines/power-log.ts'
import { bootIdOf } from '../../real-machines/boot-id.ts'
import { type RealMachine, realMachinesOf } from '../../real-machines/real-machine.ts'
import { hangAtReboot } from '../../real-machines/soft-reboot.ts'
import {
  arrangeGuard,
  arrangeOperator,
  arrangePolicy,
  arrangeWorkload,
  container,
  deployment,
  disruptionBudget,
} from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { cordonChecks, deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { follow } from '../kernel-deadlock/follow.ts'
import { bootCheck, milderFirstCheck, powerChecks, remainderChecks } from '../kernel-deadlock/judge.ts'
import { healingCheck } from './judge.ts'

/** The same story as on played machines, with a real kubelet, a real job on the node, and a machine that really boots. */
export const realKernelDeadlock: Scenario = {
  name: 'real-kernel-deadlock',
  title: 'the kernel of a real node hangs: it does not obey a soft reboot, is power cycled, and is a good node again',
  tier: 'C',
  play: async (stage) => {
    const [hardware, ...others] = await arrange(stage)
    const bootID = await bootIdOf(stage, hardware)

    const began = Date.now()
    stage.timeline.fault(`the kernel log of ${hardware.name} says that containerd is blocked`, began)
    writeKernelLine(hardware, 'task containerd:4711 blocked for more than 120 seconds.')
    const { detectedAt, uncordonedAt } = await follow(stage, { hardware, began, bootID })

    const audit = readAudit(stage.bed.layout.auditLog, began)
    const changes = (of: RealMachine): readonly PowerChange[] =>
      readPowerLog(of.powerLog).filter(({ at }) => at >= began)
    return [
      healingCheck(uncordonedAt - detectedAt),
      ...powerChecks(changes(hardware), others.flatMap(changes)),
      milderFirstCheck(audit, changes(hardware)),
      bootCheck(bootID, await bootIdOf(stage, hardware)),
      ...cordonChecks(audit, hardware.name),
      deletionCheck(audit),
      rightsCheck(audit),
      ...(await remainderChecks(stage, hardware.name)),
    ]
  },
}

async function arrange(stage: Stage): Promise<readonly [RealMachine, ...RealMachine[]]> {
  await arrangeMachines(stage)
  const [machine, ...others] = realMachinesOf(stage.bed.layout)
  if (machine === undefined) throw new Error('the rack is empty')
  const undo = hangAtReboot(machine)
  stage.afterwards('letting it reboot again', async () => undo())
  await arrangeWorkload(stage, [
    deployment('web', 3, { nodeSelector: { [machineLabel]: 'true' }, containers: [container('50m')] }),
    disruptionBudget('web'),
  ])
  await arrangeGuard(stage, looseGuard)
  await arrangeOperator(stage)
  await arrangePolicy(stage, policy)
  return [machine, ...others]
}

const policy: JsonObject = machinePolicy({
  ladder: ['reboot', 'power-cycle'],
  treatments: [
    {
      name: 'reboot',
      reboot: { bootTimeoutSeconds: 4 },
      drain: { deadlineSeconds: 30, onDeadline: 'Proceed' },
      verification: { stableSeconds: 1, timeoutSeconds: 30 },
    },
    {
      name: 'power-cycle',
      powerCycle: { bootTimeoutSeconds: 60 },
      drain: { mode: 'SkipIfNotReady', deadlineSeconds: 30, onDeadline: 'Proceed' },
      verification: { stableSeconds: 5, timeoutSeconds: 60 },
    },
  ],
})
