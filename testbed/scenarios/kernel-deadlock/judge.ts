import { annotation, keepOffMarks } from '../../../src/api/annotations.ts'
import { flagAt, listAt, textMapAt } from '../../../src/kernel/json.ts'
import type { PowerChange } from '../../machines/power-log.ts'
import { type AuditEntry, succeeded } from '../../scenario/audit.ts'
import { conditionOf } from '../../scenario/conditions.ts'
import type { Stage } from '../../scenario/scenario.ts'
import type { Check } from '../../scenario/verdict.ts'

export const detectionCheck = (tookMs: number): Check => ({
  sentence: 'the deadlock was detected within 30 s',
  holds: tookMs < 30_000,
  seen: `${(tookMs / 1_000).toFixed(2)} s`,
})

/** From the power supply itself: nothing that the operator says of its own doing. */
export function powerChecks(own: readonly PowerChange[], foreign: readonly PowerChange[]): readonly Check[] {
  const told = own.map(({ power }) => power).join(', ')
  return [
    { sentence: 'the machine went off once and on once', holds: told === 'Off, On', seen: told },
    { sentence: 'no other machine lost its power', holds: foreign.length === 0 },
  ]
}

/** The milder rung came first, and its order was taken back before the machine could carry it out a second time. */
export function milderFirstCheck(
  audit: readonly AuditEntry[],
  power: readonly PowerChange[],
  milder = 'a soft reboot',
): Check {
  const jobs = audit.filter(({ resource, subresource }) => resource === 'jobs' && subresource === '').filter(succeeded)
  const jobAt = (verb: string): number => jobs.find((entry) => entry.verb === verb)?.at ?? never
  const powerAt = (wanted: PowerChange['power']): number => power.find((change) => change.power === wanted)?.at ?? never
  return {
    sentence: `${milder} was ordered before the power went off, and withdrawn before it came back`,
    holds: jobAt('create') < powerAt('Off') && jobAt('delete') < powerAt('On'),
  }
}

/** Neither before nor after anything. */
const never = Number.NaN

export const bootCheck = (before: string, after: string): Check => ({
  sentence: 'the boot ID is another one',
  holds: before !== '' && after !== '' && before !== after,
})

/** Nothing of a finished run is left on its node or in the ledger. */
export async function remainderChecks({ bed: { kubectl } }: Stage, name: string): Promise<readonly Check[]> {
  const node = await kubectl.json(['get', 'node', name])
  const annotations = Object.keys(textMapAt(node, 'metadata', 'annotations'))
  const marks: readonly string[] = [...Object.values(annotation), ...keepOffMarks]
  const ours = annotations.filter((key) => marks.includes(key))
  const ledger = await kubectl.json(['get', 'disruptionledger', 'cluster'])
  return [
    {
      sentence: `${name} is Ready, schedulable and without deadlock`,
      holds:
        conditionOf(node, 'Ready') === 'True' &&
        conditionOf(node, 'KernelDeadlock') === 'False' &&
        !flagAt(node, 'spec', 'unschedulable'),
    },
    { sentence: 'no mark of the run is left on the node', holds: ours.length === 0, seen: ours.join(', ') || 'none' },
    { sentence: 'no slot is taken in the ledger', holds: listAt(ledger, 'spec', 'slots').length === 0 },
  ]
}
