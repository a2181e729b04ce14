import { setTimeout as sleep } from 'node:timers/promises'
import { type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { apiserver } from '../../control-plane/services.ts'
import { allowAway, cordonSeen, firstPodLeft, healed, incidentChecks, strike } from '../../incident/incident.ts'
import { looseGuard, machinePolicy } from '../../incident/machine-policy.ts'
import { arrangeMachines, arrangeMachineWorkload } from '../../incident/machines.ts'
import { writeKernelLine } from '../../machines/kernel-log.ts'
import { ensureRunning, runningProcess } from '../../process/service.ts'
import { arrangeGuard, arrangeOperator, arrangePolicy } from '../../scenario/arrange.ts'
import { readAudit } from '../../scenario/audit.ts'
import { deletionCheck, rightsCheck } from '../../scenario/checks.ts'
import { conditionOf } from '../../scenario/conditions.ts'
import type { Scenario, Stage } from '../../scenario/scenario.ts'
import { settled } from '../../scenario/settled.ts'
import { type Away, relistCheck } from './judge.ts'

/** The past is gone from etcd, and the API server comes back without it: whoever watches must look at everything anew. */
export const compaction: Scenario = {
  name: 'compaction',
  title: 'etcd forgets the past under the watches and the API server starts again, and nothing is lost',
  play: async (stage) => {
    const [first, second] = await arrangeMachines(stage)
    if (first === undefined || second === undefined) throw new Error('the rack is empty')
    await arrangeMachineWorkload(stage, 9)
    await arrangeGuard(stage, looseGuard)
    await arrangeOperator(stage)
    await arrangePolicy(stage, machinePolicy())

    const incident = await strike(stage, first)
    await cordonSeen(stage, incident)
    await firstPodLeft(stage, incident)
    await allowAway(stage, 0)
    const away = await forgetThePast(stage, async () => {
      // only objects tell of it, and nobody watches
      writeKernelLine(second, 'task containerd:4711 blocked for more than 120 seconds.')
    })
    await allowAway(stage, 1)
    await healed(stage, incident)
    await secondHealed(stage, second.name)
    await settled(stage, 180_000)

    const audit = readAudit(stage.bed.layout.auditLog, incident.began)
    return [
      relistCheck(audit, away),
      ...incidentChecks(audit, incident),
      ...incidentChecks(audit, { ...incident, hardware: second }),
      deletionCheck(audit),
      // before it is ready it knows no rights of anybody
      rightsCheck(audit.filter(({ at }) => at < away.from || at > away.to)),
    ]
  },
}

/** Kills the API server, and starts it again on a store that holds only the present. */
async function forgetThePast({ bed, timeline, afterwards }: Stage, meanwhile: () => Promise<void>): Promise<Away> {
  const { layout, tokens, tier } = bed
  const running = runningProcess(layout, 'kube-apiserver')
  if (running === undefined) throw new Error('killing the API server: it is not running')
  const startAgain = (): Promise<unknown> => ensureRunning(layout, apiserver(layout, tier, tokens))
  afterwards('starting the API server again', startAgain)
  await compact(layout)
  timeline.mark('etcd forgets the past under the watches', Date.now())
  await sleep(3_000)
  const from = Date.now()
  process.kill(running.pid, 'SIGKILL')
  timeline.mark('the API server is killed', Date.now())
  await meanwhile()
  const revision = await compact(layout)
  timeline.mark(`etcd has forgotten everything before revision ${revision}`, Date.now())
  await startAgain()
  timeline.mark('the API server is back', Date.now())
  return { from, to: Date.now() }
}

/** By etcd's own gateway for JSON; returns the oldest revision that is left. */
async function compact({ ports }: Stage['bed']['layout']): Promise<string> {
  const ask = async (path: string, body: JsonObject): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${ports.etcd}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`asking etcd for ${path}: ${answer.status} ${await answer.text()}`)
    return await answer.json()
  }
  const revision = textAt(await ask('maintenance/status', {}), 'header', 'revision') ?? ''
  await ask('kv/compaction', { revision, physical: true })
  return revision
}

async function secondHealed({ watch, timeline }: Stage, name: string): Promise<void> {
  const runs = watch('noderemediations')
  const seen = await runs.until(
    `the success of the run on ${name}`,
    ({ object }) => textAt(object, 'spec', 'node', 'name') === name && conditionOf(object, 'Succeeded') === 'True',
    180_000,
  )
  timeline.mark(`${name}, struck while nobody watched, is healed`, seen.at)
}
