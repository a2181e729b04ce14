import { annotation } from '../../api/annotations.ts'
import { at } from '../../kernel/json.ts'
import { annotationsOf, isReady, nameOf } from '../world/fields.ts'
import type { Truth } from './checker.ts'

/** L1 and L2 after the weather has calmed: what is still to be done, in words. Undefined: the world is at peace. */
export function pendingWork(truth: Truth): string | undefined {
  const { runs, ledger, world } = truth
  const unfinished = runs.find(({ status }) => !['Done', 'Quarantined'].includes(status.step?.name ?? 'Approving'))
  if (unfinished !== undefined)
    return `L1: ${unfinished.metadata.name} is still ${unfinished.status.step?.name ?? 'new'}`
  if (ledger === undefined) return 'L2: the ledger is gone'
  if (ledger.slots.length > 0)
    return `L2: the ledger still lists ${ledger.slots.map(({ runName }) => runName).join(', ')}`
  const open = new Set(
    runs.filter(({ status }) => status.step?.name === 'Quarantined').map(({ metadata }) => metadata.uid),
  )
  for (const node of world.objects.all('nodes')) {
    const owner = annotationsOf(node)[annotation.cordonedByRun]
    if (owner !== undefined && !open.has(owner)) return `L2: ${nameOf(node)} still bears the marks of ${owner}`
    if (owner === undefined && at(node, 'spec', 'unschedulable') === true)
      return `L2: ${nameOf(node)} was left cordoned`
    if (owner === undefined && !isReady(node)) return `L1: ${nameOf(node)} is not Ready`
  }
  const job = world.objects.all('jobs.batch')[0]
  if (job !== undefined && !runs.some(({ status }) => status.step?.name === 'Quarantined'))
    return `L2: job ${nameOf(job)} was left behind`
  const down = [...world.fleet.hosts.values()].find(({ machine }) => machine.state === 'Off')
  return down === undefined ? undefined : `L2: ${down.machine.name} was left off`
}
