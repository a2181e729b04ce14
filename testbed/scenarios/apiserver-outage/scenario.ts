import { setTimeout as sleep } from 'node:timers/promises'
import { healed, incidentChecks, powerChanges, powerSeen, strike } from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines, arrangeMachineWorkload } from '../../incident/machines.ts'
import { noHeartbeatSeconds } from '../../kwok/nodes.ts'
import { runningProcess } from '../../process/service.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { settled } from '../../scenario/settled.ts'
import { leaseFirstCheck, othersLeftAlone } from './judge.ts'

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
      othersLeftAlone(audit, hardware.name),
      leaseFirstCheck(audit, outage.endedAt),
      deletionCheck(audit),
      rightsCheck(audit),
    ]
  },
}

/** Every node is silent for as long as the outage lasts, and for a while nobody can know that they live. */
const deadNodes = {
  signals: [
    {
      name: 'kubeletSilent',
      nodeCondition: { type: 'Ready', status: 'Unknown' },
      holdSeconds: 20,
      freshnessSeconds: noHeartbeatSeconds,
    },
  ],
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
