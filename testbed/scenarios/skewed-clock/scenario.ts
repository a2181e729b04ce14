import { setTimeout as sleep } from 'node:timers/promises'
import {
  allowAway,
  cordonSeen,
  firstPodLeft,
  healed,
  type Incident,
  incidentChecks,
  powerChanges,
  strike,
} from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines, arrangeMachineWorkload } from '../../incident/machines.ts'
import { holderOf, type OperatorUnderTest } from '../../operator/process.ts'
import { arrangeGuard, arrangePolicy, arrangeReplicas } from '../../scenario/arrange.ts'
import { type AuditEntry, cordonWrittenBy, readAudit, succeeded } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { otherLeads } from '../../scenario/hand-over.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'
import { trueTimes } from './judge.ts'

const holdSeconds = 30

/** One replica believes that it is an hour later. It leads when it matters, and nothing comes sooner for it. */
export const skewedClock: Scenario = {
  name: 'skewed-clock',
  title: 'a leader whose clock is an hour ahead acts neither too early nor a second time',
  standby: { wallClockOff: '+1h' },
  play: async (stage) => {
    const [first, second, third] = await arrangeMachines(stage)
    if (first === undefined || second === undefined || third === undefined) throw new Error('the rack is empty')
    await arrangeMachineWorkload(stage, 9)
    await arrangeGuard(stage, looseGuard)
    await arrangeReplicas(stage)
    const limits = { maxConcurrent: 3, maxPerHour: 1, cooldownSeconds: 1_800, attempts: { max: 20, windowSeconds: 60 } }
    await arrangePolicy(stage, machinePolicy({ holdSeconds, limits }))

    const incident = await strike(stage, first)
    await sleep(5_000)
    await moveLeadership(stage, stage.operator)
    await cordonSeen(stage, incident)
    await firstPodLeft(stage, incident)
    await allowAway(stage, 0)
    // back and forth in the middle of the drain: each finds deadlines that the other has written
    await moveLeadership(stage, stage.standby)
    await sleep(5_000)
    await moveLeadership(stage, stage.operator)
    await allowAway(stage, 1)
    await healed(stage, incident)

    const again = await strike(stage, first)
    const other = await strike(stage, second)
    await sleep((holdSeconds + 20) * 1_000)
    stage.timeline.mark('neither the same node nor another one was begun with', Date.now())

    const audit = readAudit(stage.bed.layout.auditLog, incident.began)
    return [
      dwellCheck(audit, incident),
      ...incidentChecks(
        audit.filter(({ at }) => at < again.began),
        incident,
      ).slice(1),
      noSecondAct(audit, [incident, again, other]),
      trueTimes(audit),
      deletionCheck(audit),
      rightsCheck(audit),
    ]
  },
}

/** Ends the leader in good order, so that the other leads within seconds, and brings it back behind. */
async function moveLeadership(stage: Stage, leader: OperatorUnderTest): Promise<void> {
  const holder = await holderOf(stage.bed)
  await leader.stop()
  stage.timeline.mark(`${leader.name} gives the lease back`, Date.now())
  await otherLeads(stage, holder)
  await leader.startBehind()
}

/** By the API server's clock alone: when the condition was reported, and when the cordon was granted. */
function dwellCheck(audit: readonly AuditEntry[], { hardware, began }: Incident): Check {
  const cordon = audit.find(
    (entry) => entry.name === hardware.name && cordonWrittenBy(entry) === true && succeeded(entry),
  )
  const heldMs = (cordon?.at ?? Number.NaN) - began
  return {
    sentence: `${hardware.name} was left alone for the ${holdSeconds} s that the signal has to hold`,
    headline: true,
    holds: heldMs >= holdSeconds * 1_000,
    seen: `cordoned after ${(heldMs / 1_000).toFixed(1)} s`,
  }
}

/** One start in an hour, and half an hour of rest for the node: an hour has not passed for anybody else. */
function noSecondAct(audit: readonly AuditEntry[], [first, ...later]: readonly Incident[]): Check {
  const runs = audit.filter(
    (entry) => entry.resource === 'noderemediations' && entry.verb === 'create' && succeeded(entry),
  )
  const changes = [...(first === undefined ? [] : powerChanges(first)), ...later.slice(1).flatMap(powerChanges)]
  return {
    sentence: 'within the hour nothing was begun a second time, neither on this node nor on another one',
    headline: true,
    holds: runs.length === 1 && changes.map(({ power }) => power).join(', ') === 'Off, On',
    seen: `${runs.length} run, power ${changes.map(({ power }) => power).join(', ')}`,
  }
}
