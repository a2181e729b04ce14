import type { Prng } from '../../kernel/prng.ts'
import { seconds } from '../../kernel/time.ts'
import type { Leadership } from '../../runtime/leader-election.ts'
import { WorkQueue } from '../../runtime/work-queue.ts'
import { Workers } from '../../runtime/worker.ts'
import type { HealthPorts } from './ports.ts'
import { type Memories, reconcile } from './reconcile.ts'
import { reportStrayAlerts } from './stray-alerts.ts'
import { watch } from './watches.ts'

export interface HealthOptions {
  readonly leadership: Leadership
  readonly prng: Prng
  readonly signal: AbortSignal
}

/** A look takes microseconds and a write waits for the API server, so that a storm is told quickly. */
const workerCount = 8

/**
 * Runs in every replica, so that holds are warm; only the leader writes. Begins when every cache is full: a list that is not there
 * yet must not look like health.
 */
export async function runHealthController(
  ports: HealthPorts,
  { leadership, prng, signal }: HealthOptions,
): Promise<void> {
  const { nodes, policies, runs, health, ledger, alerts, clock, log } = ports
  await Promise.all([nodes, policies, runs, health, ledger].map(async (informer) => await informer.whenSynced(signal)))
  await alerts.whenPolled(signal)
  if (signal.aborted) return

  const queue = new WorkQueue({ clock, prng })
  const memories: Memories = new Map()
  const leads = (): boolean => leadership.remainingMs() > 0
  watch(queue, ports)
  reportStrayAlerts(ports)
  const look = async (nodeName: string) => await reconcile(ports, nodeName, { memories, leads })
  const workers = new Workers({ name: 'health', queue, reconcile: look, workers: workerCount, log })
  await Promise.all([workers.run(signal), lookAgainWhenLeading(ports, queue, { leadership, signal })])
}

const leadershipLookMs = seconds(1)

/** What this replica has believed without writing it, it writes now. */
async function lookAgainWhenLeading(
  { nodes, health, clock }: HealthPorts,
  queue: WorkQueue,
  { leadership, signal }: Pick<HealthOptions, 'leadership' | 'signal'>,
): Promise<void> {
  while (!signal.aborted) {
    await leadership.whenLeading(signal)
    for (const { metadata } of [...nodes.list(), ...health.list()]) queue.add(metadata.name)
    while (leadership.leadingForMs() !== undefined && !signal.aborted) await clock.sleep(leadershipLookMs, signal)
  }
}
