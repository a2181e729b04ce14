import {
  allowAway,
  cordonSeen,
  firstPodLeft,
  healed,
  type Incident,
  incidentChecks,
  strike,
} from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines, arrangeMachineWorkload } from '../../incident/machines.ts'
import { holderOf } from '../../operator/process.ts'
import { arrangeGuard, arrangePolicy, arrangeReplicas } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { handOver, handOverCheck, otherLeads, zombieCheck } from '../../scenario/hand-over.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'

/** A leader that stands still in the middle of a drain, loses its lease, and wakes up again; then one that dies. */
export const zombieLeader: Scenario = {
  name: 'zombie-leader',
  title: 'the other replica takes over in the middle of a drain, and who lost the lease has no effect any more',
  variations: ['short'],
  play: async (stage) => {
    const [first, second] = await arrangeMachines(stage)
    if (first === undefined || second === undefined) throw new Error('the rack is empty')
    // So many that some are left when the budget is closed: they go one by one, and quickly.
    await arrangeMachineWorkload(stage, 27)
    await arrangeGuard(stage, looseGuard)
    await arrangeReplicas(stage)
    await arrangePolicy(stage, machinePolicy())

    const frozen = await frozenLeader(stage, await strike(stage, first))
    if (stage.varied.short) return frozen
    return [...frozen, ...(await killedLeader(stage, await strike(stage, second)))]
  },
}

async function frozenLeader(stage: Stage, incident: Incident): Promise<readonly Check[]> {
  const { operator, standby, timeline } = stage
  await midDrain(stage, incident)
  const holder = await holderOf(stage.bed)
  stage.afterwards('waking the first replica', async () => operator.thaw())
  operator.freeze()
  const diedAt = Date.now()
  timeline.mark('the leader stands still', diedAt)
  await allowAway(stage, 1)
  await otherLeads(stage, holder)
  // The new leader may have let one go before we have seen that it leads.
  await firstPodLeft(stage, { ...incident, began: diedAt })
  operator.thaw()
  timeline.mark('the old leader goes on, knowing nothing', Date.now())
  await healed(stage, incident)
  const audit = readAudit(stage.bed.layout.auditLog, incident.began)
  const { leasedAt } = handOver(audit, { diedAt, successor: standby })
  return [
    handOverCheck(audit, { diedAt, successor: standby }),
    zombieCheck(audit, operator, leasedAt),
    ...incidentChecks(audit, incident),
    deletionCheck(audit),
    rightsCheck(audit),
  ]
}

/** Now the second replica leads, and the first takes over from it. */
async function killedLeader(stage: Stage, incident: Incident): Promise<readonly Check[]> {
  const { operator, standby, timeline } = stage
  await midDrain(stage, incident)
  const holder = await holderOf(stage.bed)
  standby.kill()
  const diedAt = Date.now()
  timeline.mark('the leader is killed', diedAt)
  await allowAway(stage, 1)
  await otherLeads(stage, holder)
  await healed(stage, incident)
  const audit = readAudit(stage.bed.layout.auditLog, incident.began)
  return [
    handOverCheck(audit, { diedAt, successor: operator }),
    zombieCheck(audit, standby, handOver(audit, { diedAt, successor: operator }).leasedAt),
    ...incidentChecks(audit, incident),
    deletionCheck(audit),
    rightsCheck(audit),
  ]
}

/** One pod has left, and no other may follow. */
async function midDrain(stage: Stage, incident: Incident): Promise<void> {
  await cordonSeen(stage, incident)
  await firstPodLeft(stage, incident)
  await allowAway(stage, 0)
  stage.timeline.mark('the budget lets no other pod go', Date.now())
}
