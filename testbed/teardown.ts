import { rmSync } from 'node:fs'
import type { Layout } from './layout.ts'
import { unmountBelow } from './process/mounts.ts'
import { serviceNames, stopService } from './process/service.ts'
import { removeRealMachines } from './real-machines/remains.ts'
import type { Say } from './say.ts'

/** Ends every process of the bed and removes its run directory. Harmless when nothing is there. */
export async function takeDown(layout: Layout, say: Say): Promise<void> {
  for (const group of stopOrder(serviceNames(layout))) {
    await Promise.all(group.map((name) => stopService(layout, name, graceMsOf(name))))
    say(`${group.join(', ')}: gone`)
  }
  await removeRealMachines(layout, say)
  await unmountBelow(layout.run)
  rmSync(layout.run, { recursive: true, force: true })
}

/** Nobody asks a machine before its plug is pulled. */
const graceMsOf = (name: string): number | undefined => (name.startsWith('power-') ? 0 : undefined)

/** The operator first, then hardware, so that nothing comes back by itself; etcd last: an API server without it does not end by itself. */
export function stopOrder(names: readonly string[]): readonly (readonly string[])[] {
  const groups = stopRanks.map((belongs) => names.filter(belongs))
  const ranked = new Set(groups.flat())
  const others = names.filter((name) => !ranked.has(name))
  return [...groups.slice(0, -stopLast), others, ...groups.slice(-stopLast)].filter((group) => group.length > 0)
}

const stopRanks: readonly ((name: string) => boolean)[] = [
  (name) => name.startsWith('operator'),
  (name) => name.startsWith('bmc-'),
  (name) => name === 'machine-room',
  (name) => name.startsWith('power-') || name.startsWith('npd-'),
  (name) => name === 'kube-scheduler' || name === 'kube-controller-manager',
  (name) => name === 'kube-apiserver',
  (name) => name === 'etcd',
]
const stopLast = 3
