import { type Node, readyStatus } from '../../api/core/node.ts'
import { isServing } from '../../domain/budget/figures.ts'
import type { Change } from '../../runtime/cache.ts'
import type { WorkQueue } from '../../runtime/work-queue.ts'
import type { PolicyPorts } from './ports.ts'
import { guardKey, ledgerKey } from './reconcile.ts'

/** However many nodes fall ill at once, a policy is counted anew so often and no more. */
const gatherMs = 500

/** Which keys a change wakes: its own policy at once, whatever is counted a little later. */
export function watch(queue: WorkQueue, ports: PolicyPorts): void {
  const { policies, guards, ledger, pauses, nodes, health, runs, alerts, sources } = ports
  const recount = (): void => {
    for (const { metadata } of policies.list()) queue.addAfter(metadata.name, gatherMs)
    queue.addAfter(ledgerKey, gatherMs)
  }
  const recountAll = (): void => {
    recount()
    queue.addAfter(guardKey, gatherMs)
  }
  policies.onChange(({ key }) => {
    queue.add(key)
    recount()
  })
  guards.onChange(() => {
    queue.add(guardKey)
    recount()
  })
  pauses.onChange(recountAll)
  ledger.onChange(recountAll)
  runs.onChange(recountAll)
  health.onChange(recount)
  nodes.onChange((change) => {
    if (isCountedAnew(change)) recount()
  })
  for (const heard of [alerts, sources]) {
    heard.onChange(({ everything }) => {
      if (everything) recount()
    })
  }
}

/** Heartbeats change nothing that is counted: labels, coming and going, Ready and cordons do. */
function isCountedAnew({ old, new: node }: Change<Node>): boolean {
  if (old === undefined || node === undefined) return true
  if (isServing(old) !== isServing(node) || readyStatus(old) !== readyStatus(node)) return true
  const [before, now] = [Object.entries(old.metadata.labels), node.metadata.labels]
  return before.length !== Object.keys(now).length || before.some(([key, value]) => now[key] !== value)
}
