import { cordonSeen, healed, incidentChecks, powerSeen, strike } from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines } from '../../incident/machines.ts'
import { bootIdOf } from '../../real-machines/boot-id.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { bootCheck, remainderChecks } from '../kernel-deadlock/judge.ts'
import { toldCheck } from './judge.ts'
import { arrangeRedfish } from './redfish-bmc.ts'

/** The emulator is no code of ours, so that our reading of Redfish is not its own judge. */
export const realRedfish: Scenario = {
  name: 'real-redfish',
  title: 'a real node behind a Redfish service that obeys late is power cycled once',
  tier: 'C',
  settings: () => ({ bmcNetworks: ['127.0.0.1/32'] }),
  play: async (stage) => {
    const [hardware] = await arrangeMachines(stage)
    if (hardware === undefined) throw new Error('the rack is empty')
    const { told } = await arrangeRedfish(stage, hardware)
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, machinePolicy())

    const incident = await strike(stage, hardware)
    await cordonSeen(stage, incident)
    await powerSeen(stage, incident, 'Off')
    await powerSeen(stage, incident, 'On')
    await healed(stage, incident)

    const audit = readAudit(stage.bed.layout.auditLog, incident.began)
    return [
      toldCheck(told),
      ...incidentChecks(audit, incident),
      bootCheck(incident.bootID, await bootIdOf(stage, hardware)),
      deletionCheck(audit),
      rightsCheck(audit),
      ...(await remainderChecks(stage, hardware.name)),
    ]
  },
}
