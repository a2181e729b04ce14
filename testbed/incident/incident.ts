import { flagAt, textAt } from '../../src/kernel/json.ts'
import type { Hardware } from '../machines/hardware.ts'
import { writeKernelLine } from '../machines/kernel-log.ts'
import { type PowerChange, readPowerLog } from '../machines/power-log.ts'
import { workloadNamespace } from '../scenario/arrange.ts'
import type { AuditEntry } from '../scenario/audit.ts'
import { cordonChecks } from '../scenario/checks.ts'
import { conditionOf } from '../scenario/conditions.ts'
import type { ObjectWatch, Seen } from '../scenario/object-watch.ts'
import type { Stage } from '../scenario/scenario.ts'
import type { Check } from '../scenario/verdict.ts'
import { wait } from '../wait.ts'
import { machineWorkload } from './machines.ts'

/** One machine whose kernel hangs, and what is to be seen of it. */
export interface Incident {
  readonly hardware: Hardware
  readonly began: number
  readonly bootID: string
  readonly nodes: ObjectWatch
  readonly runs: ObjectWatch
}

export async function strike(stage: Stage, hardware: Hardware): Promise<Incident> {
  const node = await stage.bed.kubectl.json(['get', 'node', hardware.name])
  const nodes = stage.watch('nodes', hardware.name)
  const runs = stage.watch('noderemediations')
  const began = Date.now()
  const what = `the kernel of ${hardware.name} hangs`
  if (stage.timeline.offsetMs(began) === undefined) stage.timeline.fault(what, began)
  else stage.timeline.mark(what, began)
  writeKernelLine(hardware, 'task containerd:4711 blocked for more than 120 seconds.')
  return { hardware, began, bootID: textAt(node, 'status', 'nodeInfo', 'bootID') ?? '', nodes, runs }
}

/** Generous: other work may keep the machine busy, and what is judged are the times in the audit log. */
const incidentDeadlineMs = 180_000

export async function cordonSeen(stage: Stage, { nodes, began, hardware }: Incident): Promise<Seen> {
  const fits = ({ at, object }: Seen): boolean => at >= began && flagAt(object, 'spec', 'unschedulable')
  const seen = await nodes.until(`the cordon of ${hardware.name}`, fits, incidentDeadlineMs)
  stage.timeline.mark(`${hardware.name} is cordoned`, seen.at)
  return seen
}

export async function firstPodLeft(stage: Stage, { hardware, began }: Incident): Promise<void> {
  const pods = stage.watch('pods', `--namespace=${workloadNamespace}`)
  const fits = ({ at, type, object }: Seen): boolean =>
    at >= began && type === 'DELETED' && textAt(object, 'spec', 'nodeName') === hardware.name
  const seen = await pods.until(`the first pod to leave ${hardware.name}`, fits, incidentDeadlineMs)
  stage.timeline.mark(`the first pod has left ${hardware.name}`, seen.at)
}

/** How many pods of the workload may be away: 0 stops a drain where it stands. */
export const allowAway = ({ bed: { kubectl } }: Stage, count: number): Promise<string> =>
  kubectl.run([
    'patch',
    'poddisruptionbudget',
    machineWorkload,
    `--namespace=${workloadNamespace}`,
    '--type=merge',
    `--patch={"spec":{"maxUnavailable":${count}}}`,
  ])

export const powerChanges = ({ hardware, began }: Pick<Incident, 'hardware' | 'began'>): readonly PowerChange[] =>
  readPowerLog(hardware.powerLog).filter(({ at }) => at >= began)

export async function powerSeen({ timeline }: Stage, incident: Incident, power: PowerChange['power']): Promise<void> {
  const look = async (): Promise<PowerChange | undefined> =>
    powerChanges(incident).find((change) => change.power === power)
  const { name } = incident.hardware
  const change = await wait(`power ${power} of ${name}`, look, { deadlineMs: incidentDeadlineMs, everyMs: 20 })
  timeline.mark(`the power of ${name} goes ${power.toLowerCase()}`, change.at)
}

/** The run that treats it has succeeded, and the node is given back. */
export async function healed(stage: Stage, { runs, nodes, hardware, began, bootID }: Incident): Promise<void> {
  const { name } = hardware
  const succeeded = ({ object }: Seen): boolean =>
    textAt(object, 'spec', 'node', 'name') === name &&
    Date.parse(textAt(object, 'metadata', 'creationTimestamp') ?? '') >= began - 1_000 &&
    conditionOf(object, 'Succeeded') === 'True'
  const over = await runs.until(`the success of the run on ${name}`, succeeded, incidentDeadlineMs)
  const free = ({ at, object }: Seen): boolean =>
    at >= began && !flagAt(object, 'spec', 'unschedulable') && textAt(object, 'status', 'nodeInfo', 'bootID') !== bootID
  await nodes.until(`${name} given back`, free, incidentDeadlineMs)
  stage.timeline.mark(`the run on ${name} has succeeded`, over.at)
}

/** One power cycle by the log of the power supply, one cordon and its end by the audit log. */
export function incidentChecks(
  audit: readonly AuditEntry[],
  incident: Pick<Incident, 'hardware' | 'began'>,
): readonly Check[] {
  const { name } = incident.hardware
  const told = powerChanges(incident)
    .map(({ power }) => power)
    .join(', ')
  return [
    { sentence: `${name} went off once and on once`, headline: true, holds: told === 'Off, On', seen: told },
    ...cordonChecks(
      audit.filter(({ at }) => at >= incident.began),
      name,
    ),
  ]
}
