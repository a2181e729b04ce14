import { setTimeout as sleep } from 'node:timers/promises'
import { textAt } from '../../../src/kernel/json.ts'
import { identities } from '../../control-plane/identities.ts'
import { healed, type Incident, incidentChecks, powerChanges, powerSeen, strike } from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines, arrangeMachineWorkload } from '../../incident/machines.ts'
import { runningProcess } from '../../process/service.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { type AuditEntry, readAudit, succeeded } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { settled } from '../../scenario/settled.ts'
import type { Check } from '../../scenario/verdict.ts'
import { countsOf, effectsOf } from '../../scenario/writes.ts'

/** While nobody answers every node falls silent too: what was believed before must not be acted on afterwards. */
export const apiserverOutage: Scenario = {
  name: 'apiserver-outage',
  title: 'the API server is gone for two minutes while a machine is off, and everything goes on from there',
  variations: ['short'],
  play: async (stage) => {
    const [hardware, ...others] = await arrangeMachines(stage)
    if (hardware === undefined) throw new Error('the rack is empty')
    await arrangeMachineWorkload(stage, 6)
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, machinePolicy({ limits: { maxConcurrent: 3 }, ...deadNodes }))

    const incident = await strike(stage, hardware)
    await powerSeen(stage, incident, 'Off')
    const outage = await stopApiServer(stage, stage.varied.short ? 40_000 : 120_000)
    const duringOutage = powerChanges(incident).length
    await healed(stage, incident)
    await settled(stage, 180_000)

    const audit = readAudit(stage.bed.layout.auditLog, incident.began)
    const changed = others.flatMap((other) => powerChanges({ ...incident, hardware: other }))
    return [
      {
        sentence: 'while nobody answered the machine stayed as it was',
        headline: true,
        holds: duringOutage === 1,
        seen: `${duringOutage} change of the power until the API server was back`,
      },
      ...incidentChecks(audit, incident),
      { sentence: 'no other machine lost its power', holds: changed.length === 0 },
      othersLeftAlone(audit, incident),
      leaseFirstCheck(audit, outage.endedAt),
      deletionCheck(audit),
      rightsCheck(audit),
    ]
  },
}

/** Every node is silent for as long as the outage lasts, and for a while nobody can know that they live. */
const deadNodes = {
  signals: [{ name: 'kubeletSilent', nodeCondition: { type: 'Ready', status: 'Unknown' }, holdSeconds: 20 }],
  diagnoses: [{ name: 'node-dead', class: 'Fault', when: 'kubeletSilent', treatments: ['power-cycle'] }],
}

/** It keeps its connections and answers none of them: the worst way to be gone. */
async function stopApiServer(
  { bed: { layout }, timeline, afterwards }: Stage,
  forMs: number,
): Promise<{ readonly endedAt: number }> {
  const running = runningProcess(layout, 'kube-apiserver')
  if (running === undefined) throw new Error('stopping the API server: it is not running')
  const goOn = (): boolean => process.kill(running.pid, 'SIGCONT')
  afterwards('letting the API server go on', async () => goOn())
  process.kill(running.pid, 'SIGSTOP')
  timeline.mark('the API server stands still', Date.now())
  await sleep(forMs)
  const endedAt = Date.now()
  goOn()
  timeline.mark('the API server goes on', endedAt)
  return { endedAt }
}

function othersLeftAlone(audit: readonly AuditEntry[], { hardware }: Incident): Check {
  const runs = audit.filter(
    (entry) => entry.resource === 'noderemediations' && entry.verb === 'create' && succeeded(entry),
  )
  const others = runs.filter(({ request }) => textAt(request, 'spec', 'node', 'name') !== hardware.name)
  return {
    sentence: 'nodes that were silent only because nobody listened were left alone',
    headline: true,
    holds: runs.length === 1 && others.length === 0,
    seen: `${runs.length} run in all`,
  }
}

/** The lease ran out in the outage: whoever acts afterwards has taken it anew. */
function leaseFirstCheck(audit: readonly AuditEntry[], endedAt: number): Check {
  const leasedAt = audit.find(
    (entry) =>
      entry.user === identities.operator.user &&
      entry.resource === 'leases' &&
      entry.verb === 'patch' &&
      entry.ended >= endedAt &&
      succeeded(entry),
  )?.ended
  const early = effectsOf(audit).filter(
    (entry) => succeeded(entry) && entry.ended >= endedAt && entry.ended < (leasedAt ?? Number.POSITIVE_INFINITY),
  )
  return {
    sentence: 'no effect from before the outage came through after it: first the lease, then what is done under it',
    headline: true,
    holds: leasedAt !== undefined && early.length === 0,
    seen: `lease ${(((leasedAt ?? Number.NaN) - endedAt) / 1_000).toFixed(1)} s after the end; before it: ${countsOf(early)}`,
  }
}
