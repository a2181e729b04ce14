import { annotation, keepOffMarks, runFinalizer } from '../../api/annotations.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { annotationsOf, isUnschedulable, labelsOf, nameOf, uidOf } from '../world/fields.ts'
import { isHeld } from './blocked.ts'
import type { Truth } from './checker.ts'
import { openBreaker } from './cooled.ts'
import { unhandledNode } from './handled.ts'

/** L1 to L4 after the weather has calmed: what is still to be done, in words. Undefined: the world is at peace. */
export function pendingWork(truth: Truth): string | undefined {
  return (
    unfinishedRun(truth) ??
    heldSlot(truth) ??
    markedNode(truth) ??
    leftBehind(truth) ??
    unhandledNode(truth) ??
    openBreaker(truth) ??
    silentRun(truth)
  )
}

/** A quarantined run is open: it owns its cordon, and never a slot. */
const isQuarantined = ({ status }: NodeRemediation): boolean => status.step?.name === 'Quarantined'

/** Asked for their consent, people may take their time; after it the run ends by itself. What else holds it there is no peace. */
const waitsForPeople = (run: NodeRemediation): boolean =>
  isQuarantined(run) || (run.status.step?.name === 'Approving' && heldReason(run) === 'ApprovalRequired')

const heldReason = ({ status }: NodeRemediation): string | undefined =>
  status.conditions.find(({ type, status: is }) => type === 'Held' && is === 'True')?.reason

function unfinishedRun({ runs }: Truth): string | undefined {
  const unfinished = runs.find((run) => !waitsForPeople(run) && run.status.step?.name !== 'Done')
  if (unfinished !== undefined)
    return `L1: ${unfinished.metadata.name} is still ${unfinished.status.step?.name ?? 'new'}`
  const kept = runs.find((run) => !waitsForPeople(run) && run.metadata.finalizers.includes(runFinalizer))
  return kept === undefined ? undefined : `L2: ${kept.metadata.name} is over and keeps its finalizer`
}

function heldSlot({ ledger }: Truth): string | undefined {
  if (ledger === undefined) return 'L2: the ledger is gone'
  return ledger.slots.length === 0
    ? undefined
    : `L2: the ledger still lists ${ledger.slots.map(({ runName }) => runName).join(', ')}`
}

function markedNode(truth: Truth): string | undefined {
  return truth.nodes.map((node) => unrestOf(node, truth)).find((unrest) => unrest !== undefined)
}

const ours: readonly string[] = [
  annotation.cordonedByRun,
  annotation.cordonBefore,
  annotation.run,
  annotation.reason,
  annotation.marks,
  ...keepOffMarks,
]

function unrestOf(node: JsonObject, { runs }: Truth): string | undefined {
  const annotations = annotationsOf(node)
  const own = runs.filter(({ spec }) => spec?.node.uid === uidOf(node))
  const owner = annotations[annotation.cordonedByRun]
  if (own.some((run) => isQuarantined(run) && (owner === undefined || owner === run.metadata.uid))) return undefined
  const mark = ours.find((key) => annotations[key] !== undefined)
  if (mark !== undefined) return `L2: ${nameOf(node)} still bears ${mark}${owner === undefined ? '' : ` of ${owner}`}`
  const isKept = own.some(({ spec }) => spec?.cancel?.keepCordoned === true)
  const isLeft = isUnschedulable(node) && !isKept && own.some(({ spec }) => spec?.dryRun === false)
  return isLeft ? `L2: ${nameOf(node)} was left cordoned` : undefined
}

/** Who is quarantined may be off: then it is for people to switch it on, whatever becomes of a run that has told them. */
function leftBehind({ world, runs, saidToBeOff }: Truth): string | undefined {
  const job = world.objects
    .all('jobs.batch')
    .find((each) => labelsOf(each)['app.kubernetes.io/managed-by'] === 'prunella')
  if (job !== undefined) return `L2: job ${nameOf(job)} was left behind`
  const waiting = new Set(runs.filter(isQuarantined).map(({ spec }) => spec?.node.name)).union(saidToBeOff)
  const down = [...world.fleet.hosts.values()].find(
    ({ machine }) => machine.state === 'Off' && !waiting.has(machine.name),
  )
  return down === undefined ? undefined : `L2: ${down.machine.name} was left off`
}

/** Who waits for people says so. */
function silentRun({ runs }: Truth): string | undefined {
  const silent = runs.find((run) => isQuarantined(run) && !isHeld(run))
  return silent === undefined ? undefined : `L4: ${silent.metadata.name} waits for people and does not say so`
}
