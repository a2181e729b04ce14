import type { KubeObject } from '../../api/kind.ts'
import type { Prng } from '../../kernel/prng.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Change } from '../../runtime/cache.ts'
import type { Leadership } from '../../runtime/leader-election.ts'
import { showWork } from '../../runtime/work-meter.ts'
import { WorkQueue } from '../../runtime/work-queue.ts'
import { Workers } from '../../runtime/worker.ts'
import type { TriagePorts } from './ports.ts'
import { reconcile, type TriageMemory } from './reconcile.ts'

export interface TriageOptions {
  readonly leadership: Leadership
  readonly meter?: Meter | undefined
  readonly prng: Prng
  readonly signal: AbortSignal
  /** Whatever the shared gates read: each change may free somebody. */
  readonly wakers: readonly { readonly onChange: (handler: (change: Change<KubeObject>) => void) => void }[]
}

/** One worker: every start is counted before the next is decided. The ledger would refuse one too many, but only later. */
export async function runTriageController(
  ports: TriagePorts,
  { leadership, meter, prng, signal, wakers }: TriageOptions,
): Promise<void> {
  const queue = new WorkQueue({ clock: ports.clock, prng })
  const memory: TriageMemory = { created: undefined }
  ports.health.onChange(({ key }) => queue.add(key))
  ports.runs.onChange(({ old, new: run }) => {
    const nodeName = (run ?? old)?.spec?.node.name
    if (nodeName !== undefined) queue.add(nodeName)
  })
  ports.providers.onAnswer((nodeName) => queue.add(nodeName))
  const wakeAll = (): void => {
    for (const health of ports.health.list()) queue.add(health.metadata.name)
  }
  for (const waker of wakers) waker.onChange(wakeAll)
  const look = async (nodeName: string) => await reconcile(ports, nodeName, memory)
  const workers = new Workers({ name: 'triage', queue, reconcile: look, workers: 1, log: ports.log, leadership })
  showWork(meter, 'triage', { queue, workers })
  await workers.run(signal)
}
