import type { JsonObject } from '../../../kernel/json.ts'
import { minutes, seconds } from '../../../kernel/time.ts'
import { isTerminating, nameOf, taintsOf } from '../../world/fields.ts'
import { type Act, keepActing, oneOf } from '../acting.ts'
import type { Actor, ActorParts } from '../actor.ts'

const autoscalerUser = 'system:serviceaccount:kube-system:cluster-autoscaler'
const deletionKey = 'ToBeDeletedByClusterAutoscaler'
const candidateKey = 'DeletionCandidateOfClusterAutoscaler'

/** The cluster autoscaler, which marks a node for deletion and, here, always thinks better of it. */
export const clusterAutoscaler: Actor = {
  name: 'ClusterAutoscaler',
  start: (parts) => {
    const { world, timers, prng } = parts
    const api = world.as(autoscalerUser)
    const marked = new Set<string>()
    const setTaints = (node: JsonObject, taints: readonly JsonObject[]): void =>
      void api.patch('nodes', { name: nameOf(node) }, { spec: { taints: taints.length === 0 ? null : taints } })
    const unmark = (name: string): void => {
      const node = world.objects.get('nodes', { name })
      marked.delete(name)
      if (node !== undefined)
        setTaints(
          node,
          taintsOf(node).filter(({ key }) => key !== deletionKey && key !== candidateKey),
        )
    }
    const mark: Act = () => {
      const node = oneOf(world.objects.all('nodes'), prng)
      if (node === undefined || marked.has(nameOf(node))) return undefined
      const value = String(Math.floor(timers.now() / 1_000))
      const taint = prng.chance(500)
        ? { key: deletionKey, value, effect: 'NoSchedule' }
        : { key: candidateKey, value, effect: 'PreferNoSchedule' }
      setTaints(node, [...taintsOf(node), taint])
      marked.add(nameOf(node))
      timers.after(prng.int(seconds(20), minutes(3)), () => unmark(nameOf(node)))
      return `taints ${nameOf(node)} with ${taint.key}`
    }
    const unmarkAll = (): boolean => {
      for (const name of marked) unmark(name)
      return true
    }
    return keepActing(parts, { acts: [mark], tidy: unmarkAll })
  },
}

/** Karpenter's own disruption: consolidates a rented node, or changes its mind half way. */
export const consolidation: Actor = {
  name: 'Consolidation',
  start: (parts) => {
    const consolidate: Act = () => consolidateOne(parts)
    return keepActing(parts, { acts: [consolidate], tidy: () => true })
  },
}

function consolidateOne({ world, prng, timers }: ActorParts): string | undefined {
  const claims = world.objects.all('nodeclaims.karpenter.sh').filter((claim) => !isTerminating(claim))
  const claim = oneOf(claims, prng)
  const { karpenter } = world
  if (
    claim === undefined ||
    karpenter === undefined ||
    world.objects.get('nodes', { name: nameOf(claim) }) === undefined
  )
    return undefined
  const name = nameOf(claim)
  const changesItsMind = prng.chance(500)
  karpenter.markDisrupted(name, true)
  timers.after(prng.int(seconds(10), minutes(2)), () => {
    if (changesItsMind) karpenter.markDisrupted(name, false)
    else karpenter.disrupt(name)
  })
  return `consolidates ${name}${changesItsMind ? ', and will change its mind' : ''}`
}
