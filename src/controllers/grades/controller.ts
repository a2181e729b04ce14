import type { KubeObject } from '../../api/kind.ts'
import { awaitsGrade, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Prng } from '../../kernel/prng.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Change } from '../../runtime/cache.ts'
import type { Leadership } from '../../runtime/leader-election.ts'
import { showWork } from '../../runtime/work-meter.ts'
import { WorkQueue } from '../../runtime/work-queue.ts'
import { Workers } from '../../runtime/worker.ts'
import type { GradePorts } from './ports.ts'
import { reconcile, type WellSince } from './reconcile.ts'

export interface GradesOptions {
  readonly leadership: Leadership
  readonly meter?: Meter | undefined
  readonly prng: Prng
  readonly signal: AbortSignal
}

/**
 * Follows up what Observe would have treated. One worker: nobody waits for a grade. Begins when every cache is full: a list that is
 * not there yet must not look like a node that left.
 */
export async function runGradesController(
  ports: GradePorts,
  { leadership, meter, prng, signal }: GradesOptions,
): Promise<void> {
  const { runs, nodes, health, pauses, policies, clock, log } = ports
  await Promise.all([runs, nodes, health, pauses, policies].map(async (cache) => await cache.whenSynced(signal)))
  if (signal.aborted) return
  const queue = new WorkQueue({ clock, prng })
  const wellSince: WellSince = new Map()
  watch(queue, ports)
  runs.onChange(({ old, new: run }) => {
    if (old !== undefined && (run === undefined || !awaitsGrade(run))) wellSince.delete(old.metadata.uid)
  })
  const look = async (name: string) => await reconcile(ports, name, wellSince)
  const workers = new Workers({ name: 'grades', queue, reconcile: look, workers: 1, log, leadership })
  showWork(meter, 'grades', { queue, workers })
  await workers.run(signal)
}

/** Only rehearsals that await their grade are woken: whatever else happens to a node is no news for them. */
function watch(queue: WorkQueue, { runs, nodes, health, pauses, policies }: GradePorts): void {
  const wake = (waiting: readonly NodeRemediation[]): void => {
    for (const run of waiting) if (awaitsGrade(run)) queue.add(run.metadata.name)
  }
  const wakeOfNode = ({ key }: Change<KubeObject>): void => wake(runs.byIndex('node', key))
  runs.onChange(({ old, new: run }) => {
    const nodeName = (run ?? old)?.spec?.node.name
    if (nodeName !== undefined) wake(runs.byIndex('node', nodeName))
  })
  nodes.onChange(wakeOfNode)
  health.onChange(wakeOfNode)
  pauses.onChange(() => wake(runs.list()))
  policies.onChange(({ key, new: policy }) => {
    if (policy === undefined) wake(runs.byIndex('policy', key))
  })
}
