import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Prng } from '../../kernel/prng.ts'
import type { Log } from '../../ports/journal.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Informer } from '../../runtime/informer.ts'
import type { Leadership } from '../../runtime/leader-election.ts'
import { showWork } from '../../runtime/work-meter.ts'
import { WorkQueue } from '../../runtime/work-queue.ts'
import { type Result, Workers } from '../../runtime/worker.ts'
import type { Refusals } from './act.ts'
import type { RemediationPorts } from './ports.ts'
import { reconcile } from './reconcile.ts'
import { podsWakeAfterMs, type SharedWatches, wakeByShared } from './wake.ts'

export interface RemediationWatches extends SharedWatches {
  readonly runs: Informer<NodeRemediation, 'node' | 'policy'>
  readonly nodes: Informer<Node>
  readonly pods: Informer<Pod, 'node'>
}

export interface RemediationOptions {
  readonly leadership: Leadership
  readonly meter?: Meter | undefined
  readonly log: Log
  readonly prng: Prng
}

/** So many runs at once: each waits for the API server and a BMC, never for a processor. */
const workerCount = 12

/** Runs until the signal is aborted. Every replica notes where runs stand and since when; only the leader looks at them. */
export async function runRemediationController(
  ports: RemediationPorts,
  watches: RemediationWatches,
  { leadership, log, meter, prng, signal }: RemediationOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const queue = new WorkQueue({ clock: ports.clock, prng })
  const refusals = new Map<string, Refusals>()
  wake(queue, watches)
  watches.runs.onChange(({ key, old, new: run }) => {
    if (run !== undefined) ports.sightings.note(run, ports.clock.mono())
    else {
      refusals.delete(key)
      if (old !== undefined) ports.sightings.forget(old.metadata.uid)
    }
  })
  const look = async (name: string): Promise<Result> => {
    const result = await reconcile(ports, name, entryOf(refusals, name))
    // The last look comes after the run has gone, and leaves nothing behind.
    if (watches.runs.get({ name }) === undefined) refusals.delete(name)
    return result
  }
  const workers = new Workers({ name: 'remediation', queue, reconcile: look, workers: workerCount, log, leadership })
  showWork(meter, 'remediation', { queue, workers })
  await workers.run(signal)
}

/** Keys only: what has happened is read, not remembered. */
function wake(queue: WorkQueue, { runs, nodes, pods, ...shared }: RemediationWatches): void {
  runs.onChange(({ key }) => queue.add(key))
  nodes.onChange(({ key }) => {
    for (const run of runs.byIndex('node', key)) if (run.status.step?.name !== 'Done') queue.add(run.metadata.name)
  })
  pods.onChange(({ old, new: pod }) => {
    const nodeName = pod?.nodeName ?? old?.nodeName ?? ''
    for (const run of nodeName === '' ? [] : runs.byIndex('node', nodeName)) {
      const afterMs = podsWakeAfterMs(run)
      if (afterMs !== undefined) queue.addAfter(run.metadata.name, afterMs)
    }
  })
  wakeByShared(shared, (concerned) => {
    for (const run of runs.list()) if (concerned(run)) queue.add(run.metadata.name)
  })
}

function entryOf(refusals: Map<string, Refusals>, name: string): Refusals {
  const known = refusals.get(name) ?? new Map()
  refusals.set(name, known)
  return known
}
