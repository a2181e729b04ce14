import type { Layout } from './layout.ts'
import { runningProcess, serviceNames } from './process/service.ts'
import { readTier } from './state.ts'

export interface BedStatus {
  readonly lines: readonly string[]
  /** Up, and nothing of it has died. */
  readonly healthy: boolean
}

export function statusLines(layout: Layout): BedStatus {
  const tier = readTier(layout)
  if (tier === undefined) return { lines: [`bed ${layout.instance} is down`], healthy: false }
  const processes = serviceNames(layout).map((name) => ({ name, pid: runningProcess(layout, name)?.pid }))
  return {
    lines: [
      `bed ${layout.instance} is up as tier ${tier} in ${layout.run}`,
      ...processes.map(
        ({ name, pid }) => `  ${name.padEnd(26)} ${pid === undefined ? 'has died: up starts it again' : `pid ${pid}`}`,
      ),
    ],
    healthy: processes.every(({ pid }) => pid !== undefined),
  }
}
