import type { Prng } from '../../kernel/prng.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Leadership } from '../../runtime/leader-election.ts'
import { showWork } from '../../runtime/work-meter.ts'
import { WorkQueue } from '../../runtime/work-queue.ts'
import { Workers } from '../../runtime/worker.ts'
import { WritePace } from '../write-pace.ts'
import type { PolicyPorts } from './ports.ts'
import { guardKey, ledgerKey, type PolicyMemory, reconcile } from './reconcile.ts'
import { CoolingWatch } from './upkeep.ts'
import { watch } from './watches.ts'

export interface PolicyOptions {
  readonly leadership: Leadership
  readonly meter?: Meter | undefined
  readonly prng: Prng
  readonly signal: AbortSignal
}

/** Few keys, and each look walks over the fleet: one worker. Begins when every cache is full, or it would count too little. */
export async function runPolicyController(
  ports: PolicyPorts,
  { leadership, meter, prng, signal }: PolicyOptions,
): Promise<void> {
  const { policies, guards, ledger, pauses, nodes, health, runs, alerts, clock, log } = ports
  const caches = [policies, guards, ledger, pauses, nodes, health, runs]
  await Promise.all(caches.map(async (cache) => await cache.whenSynced(signal)))
  await alerts.whenPolled(signal)
  if (signal.aborted) return

  const queue = new WorkQueue({ clock, prng })
  queue.add(guardKey)
  queue.add(ledgerKey)
  watch(queue, ports)
  const memory: PolicyMemory = { pace: new WritePace(), cooling: new CoolingWatch() }
  const look = async (key: string) => await reconcile(ports, key, memory)
  const workers = new Workers({ name: 'policy', queue, reconcile: look, workers: 1, log, leadership })
  showWork(meter, 'policy', { queue, workers })
  await workers.run(signal)
}
