import type { Prng } from '../../kernel/prng.ts'
import { seconds } from '../../kernel/time.ts'
import type { Leadership } from '../../runtime/leader-election.ts'
import { showWork } from '../../runtime/work-meter.ts'
import { WorkQueue } from '../../runtime/work-queue.ts'
import { type Result, Workers } from '../../runtime/worker.ts'
import { WritePace } from '../write-pace.ts'
import { breathing } from './breathing.ts'
import type { HealthPorts } from './ports.ts'
import { type HealthMemory, reconcile } from './reconcile.ts'
import { reportStrayAlerts } from './stray-alerts.ts'
import { watch } from './watches.ts'

export interface HealthOptions {
  readonly leadership: Leadership
  readonly prng: Prng
  readonly signal: AbortSignal
}

/** A node that is dead does not wait for an Alertmanager or a Prometheus that does not answer. */
const firstPollMaxMs = seconds(1)

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
  const { nodes, policies, runs, health, ledger, alerts, fromMetrics, clock, log, meter } = ports
  await Promise.all([nodes, policies, runs, health, ledger].map(async (informer) => await informer.whenSynced(signal)))
  const polled = Promise.all([alerts.whenPolled(signal), fromMetrics.whenPolled(signal)])
  await Promise.race([polled, clock.sleep(firstPollMaxMs, signal)])
  if (signal.aborted) return

  const queue = new WorkQueue({ clock, prng })
  const memory: HealthMemory = { signals: new Map(), pace: new WritePace() }
  const leads = (): boolean => leadership.remainingMs() > 0
  watch(queue, ports)
  reportStrayAlerts(ports)
  const inTurn = breathing(clock)
  const look = async (nodeName: string): Promise<Result> =>
    await inTurn(async () => await reconcile(ports, nodeName, { memory, leads }))
  const workers = new Workers({ name: 'health', queue, reconcile: look, workers: workerCount, log })
  showWork(meter, 'health', { queue, workers })
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
