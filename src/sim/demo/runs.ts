import { ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { World } from '../world/world.ts'

export const runsResource = 'noderemediations.prunella.dev'
const ledgersResource = 'disruptionledgers.prunella.dev'

/** The newest run on this node. */
export function runOn(world: World, nodeName: string): NodeRemediation | undefined {
  const runs = world.objects.all(runsResource).map(runKind.project)
  return runs.findLast(({ spec }) => spec?.node.name === nodeName)
}

/** Names of the nodes that hold a slot of the ledger. */
export function slotsTaken(world: World): readonly string[] {
  const ledger = world.objects.get(ledgersResource, { name: ledgerName })
  return ledger === undefined ? [] : (ledgerKind.project(ledger).spec?.slots ?? []).map(({ nodeName }) => nodeName)
}

export const isDone = (run: NodeRemediation | undefined): boolean => run?.status.step?.name === 'Done'
