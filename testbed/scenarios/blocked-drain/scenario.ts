import { setTimeout as sleep } from 'node:timers/promises'
import { listAt, textAt } from '../../../src/kernel/json.ts'
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
import { arrangeMachines, arrangeMachineWorkload, machineWorkload } from '../../incident/machines.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { type AuditEntry, cordonWrittenBy, readAudit, succeeded } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { heldBecause } from '../../scenario/holds.ts'
import type { Seen } from '../../scenario/object-watch.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'

/** A budget without allowance, before the cordon and in the middle of a drain: it is named and waited for, and nothing is forced. */
export const blockedDrain: Scenario = {
  name: 'blocked-drain',
  title: 'a disruption budget that lets nothing go is named and waited for, and nobody is forced out',
  play: async (stage) => {
    const [hardware] = await arrangeMachines(stage)
    if (hardware === undefined) throw new Error('the rack is empty')
    await arrangeMachineWorkload(stage, 9)
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, machinePolicy())

    await allowAway(stage, 0)
    const incident = await strike(stage, hardware)
    const before = await heldBecause(stage, { node: hardware.name, reasons: ['DrainBlocked'], since: incident.began })
    await sleep(10_000) // nothing may begin in this time
    const freedAt = Date.now()
    await allowAway(stage, 1)
    await cordonSeen(stage, incident)
    await firstPodLeft(stage, incident)
    await allowAway(stage, 0)
    const blockedAt = Date.now()
    const during = await blockedRun(stage, incident, blockedAt)
    await sleep(15_000)
    const liftedAt = Date.now()
    await allowAway(stage, 1)
    await healed(stage, incident)

    const audit = readAudit(stage.bed.layout.auditLog, incident.began)
    return [
      named('before the cordon', before),
      untouched(audit, hardware.name, freedAt),
      named('in the middle of the drain', during),
      patient(audit, { from: blockedAt + settleMs, to: liftedAt }),
      ...incidentChecks(audit, incident),
      deletionCheck(audit),
      rightsCheck(audit),
    ]
  },
}

/** The disruption controller needs a moment to tell of a changed budget. */
const settleMs = 2_000

/** The run says who keeps it waiting. */
async function blockedRun({ timeline }: Stage, { runs, hardware }: Incident, since: number): Promise<string> {
  const messageOf = ({ object }: Seen): string | undefined =>
    listAt(object, 'status', 'conditions').flatMap((condition) =>
      textAt(condition, 'type') === 'Held' &&
      textAt(condition, 'status') === 'True' &&
      textAt(condition, 'reason') === 'DrainBlocked'
        ? [textAt(condition, 'message') ?? '']
        : [],
    )[0]
  const seen = await runs.until(
    `the run on ${hardware.name} to be held`,
    (each) => each.at >= since && messageOf(each) !== undefined,
    60_000,
  )
  timeline.mark('the run says what it waits for', seen.at)
  return messageOf(seen) ?? ''
}

const named = (when: string, message: string): Check => ({
  sentence: `${when} the budget was named`,
  headline: true,
  holds: message.includes(machineWorkload),
  seen: message,
})

/** Not even a cordon: it would be for nothing. */
function untouched(audit: readonly AuditEntry[], node: string, until: number): Check {
  const early = audit.filter(
    (entry) =>
      entry.at < until &&
      succeeded(entry) &&
      ((entry.name === node && cordonWrittenBy(entry) === true) || entry.subresource === 'eviction'),
  )
  return {
    sentence: 'while nothing could leave nothing was cordoned and nobody was asked to go',
    holds: early.length === 0,
    seen: `${early.length} writes`,
  }
}

/** It asks again now and then, and takes no for an answer. */
function patient(audit: readonly AuditEntry[], { from, to }: { readonly from: number; readonly to: number }): Check {
  const asked = audit.filter(
    ({ at, subresource, verb }) => at >= from && at < to && subresource === 'eviction' && verb === 'create',
  )
  const granted = asked.filter(succeeded)
  const perSecond = asked.length / ((to - from) / 1_000)
  return {
    sentence: 'while the budget said no it asked a few times, and no pod went',
    headline: true,
    holds: granted.length === 0 && asked.length > 0 && perSecond < 2,
    seen: `${asked.length} asked, ${granted.length} granted, ${perSecond.toFixed(1)} a second`,
  }
}
