import { annotation, keepOffMarks } from '../../src/api/annotations.ts'
import { flagAt, type JsonObject, listAt, textAt, textMapAt } from '../../src/kernel/json.ts'
import { wait } from '../wait.ts'
import { conditionOf, nameOf } from './conditions.ts'
import type { Stage } from './scenario.ts'
import type { Check } from './verdict.ts'

/** A run that is over says so by its condition. */
export const isOver = (run: JsonObject): boolean => ['True', 'False'].includes(conditionOf(run, 'Succeeded') ?? '')

/** Waits until every run is over, nothing is believed to be sick, and every slot has been given back. */
export async function settled({ bed: { kubectl }, timeline }: Stage, deadlineMs: number): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const [open, healths, ledger] = [
      (await kubectl.list(['get', 'noderemediations'])).filter((run) => !isOver(run)).map(nameOf),
      (await kubectl.list(['get', 'nodehealths']))
        .filter((health) => conditionOf(health, 'Healthy') !== 'True')
        .map(nameOf),
      await kubectl.json(['get', 'disruptionledger', 'cluster']),
    ]
    const slots = listAt(ledger, 'spec', 'slots').map((slot) => textAt(slot, 'nodeName') ?? '')
    const left = { 'open runs': open, 'nodes that are not well': healths, 'slots taken': slots }
    const told = Object.entries(left).flatMap(([what, names]) =>
      names.length === 0 ? [] : [`${names.length} ${what}: ${names.slice(0, 5).join(', ')}`],
    )
    if (told.length > 0) throw new Error(told.join('; '))
    return true
  }
  await wait('the end of all trouble', look, { deadlineMs, everyMs: 1_000 })
  timeline.mark('all runs are over, nothing is believed to be sick, no slot is taken', Date.now())
}

/** Nothing of finished runs is left on the nodes. */
export async function nodesCheck({ bed: { kubectl } }: Stage, selector: string): Promise<Check> {
  const nodes = await kubectl.list(['get', 'nodes', `--selector=${selector}`])
  const marks: readonly string[] = [...Object.values(annotation), ...keepOffMarks]
  const touched = nodes.filter(
    (node) =>
      conditionOf(node, 'Ready') !== 'True' ||
      flagAt(node, 'spec', 'unschedulable') ||
      Object.keys(textMapAt(node, 'metadata', 'annotations')).some((key) => marks.includes(key)),
  )
  return {
    sentence: `afterwards all ${nodes.length} nodes are Ready and schedulable, and none bears a mark of ours`,
    holds: nodes.length > 0 && touched.length === 0,
    ...(touched.length === 0 ? {} : { seen: touched.slice(0, 5).map(nameOf).join(', ') }),
  }
}
