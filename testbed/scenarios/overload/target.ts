import { type JsonObject, textAt } from '../../../src/kernel/json.ts'
import { nameOf, uidOf } from '../../scenario/conditions.ts'
import type { Stage } from '../../scenario/scenario.ts'

/** The node that gets into trouble, and the claim that stands for its machine. */
export interface Target {
  readonly nodeName: string
  readonly nodeUID: string
  readonly claimName: string
  readonly claimUID: string
  /** All nodes of the pool at the time of the fault. */
  readonly poolUIDs: readonly string[]
}

/** The first node of the pool that runs a pod. */
export async function chooseTarget({ bed: { kubectl } }: Stage, pods: readonly JsonObject[]): Promise<Target> {
  const nodes = await kubectl.list(['get', 'nodes', '--selector=pool=karpenter'])
  const claims = await kubectl.list(['get', 'nodeclaims'])
  const node = nodes.find((each) => pods.some((pod) => textAt(pod, 'spec', 'nodeName') === nameOf(each)))
  const claim = claims.find((each) => node !== undefined && textAt(each, 'status', 'nodeName') === nameOf(node))
  if (node === undefined || claim === undefined) throw new Error('no node of Karpenter runs a pod of the story')
  return {
    nodeName: nameOf(node),
    nodeUID: uidOf(node),
    claimName: nameOf(claim),
    claimUID: uidOf(claim),
    poolUIDs: nodes.map(uidOf),
  }
}
