import { annotation } from '../../api/annotations.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { at, type JsonObject } from '../../kernel/json.ts'
import { annotationsOf, isReady, nameOf } from '../world/fields.ts'
import type { Truth } from './checker.ts'

/** L1 and L2 after the weather has calmed: what is still to be done, in words. Undefined: the world is at peace. */
export function pendingWork(truth: Truth): string | undefined {
  const { runs } = truth
  const unfinished = runs.find((run) => !isQuarantined(run) && run.status.step?.name !== 'Done')
  if (unfinished !== undefined)
    return `L1: ${unfinished.metadata.name} is still ${unfinished.status.step?.name ?? 'new'}`
  return heldSlot(truth) ?? markedNode(truth) ?? leftBehind(truth)
}

/** A quarantined run is open: it owns its cordon, and never a slot. */
const isQuarantined = ({ status }: NodeRemediation): boolean => status.step?.name === 'Quarantined'

function heldSlot({ ledger }: Truth): string | undefined {
  if (ledger === undefined) return 'L2: the ledger is gone'
  return ledger.slots.length === 0
    ? undefined
    : `L2: the ledger still lists ${ledger.slots.map(({ runName }) => runName).join(', ')}`
}

function markedNode({ world, runs }: Truth): string | undefined {
  const owners = new Set(runs.filter(isQuarantined).map(({ metadata }) => metadata.uid))
  return world.objects
    .all('nodes')
    .map((node) => unrestOf(node, owners))
    .find((unrest) => unrest !== undefined)
}

function unrestOf(node: JsonObject, owners: ReadonlySet<string>): string | undefined {
  const owner = annotationsOf(node)[annotation.cordonedByRun]
  if (owner !== undefined)
    return owners.has(owner) ? undefined : `L2: ${nameOf(node)} still bears the marks of ${owner}`
  if (at(node, 'spec', 'unschedulable') === true) return `L2: ${nameOf(node)} was left cordoned`
  return isReady(node) ? undefined : `L1: ${nameOf(node)} is not Ready`
}

function leftBehind({ world }: Truth): string | undefined {
  const job = world.objects.all('jobs.batch')[0]
  if (job !== undefined) return `L2: job ${nameOf(job)} was left behind`
  const down = [...world.fleet.hosts.values()].find(({ machine }) => machine.state === 'Off')
  return down === undefined ? undefined : `L2: ${down.machine.name} was left off`
}
