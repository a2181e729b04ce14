import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { claimOf } from './claim.ts'
import { held, heldKey, type SignalSeen, signalSeen } from './hold.ts'
import { type HeldState, heard, type Moment, type SignalMemory, silentMs } from './signal-memory.ts'
import type { Look } from './sources/source.ts'
import type { SourcesSeen } from './sources-seen.ts'

export interface Evidence extends Moment {
  readonly node: Node
  readonly sources: SourcesSeen
  /** The object as it stands; undefined where it is about another Node. */
  readonly stored: NodeHealth | undefined
}

export interface SignalsSeen {
  readonly byPolicy: ReadonlyMap<string, readonly SignalSeen[]>
  readonly memory: SignalMemory
}

/** Every signal of every policy that selects the node, with its hold. */
export function signalsOf(
  policies: readonly PreparedPolicy[],
  recalled: SignalMemory,
  evidence: Evidence,
): SignalsSeen {
  const signals = policies.flatMap(({ spec }) => spec.signals)
  const types = new Set(
    signals.flatMap(({ nodeCondition }) => (nodeCondition === undefined ? [] : [nodeCondition.type])),
  )
  const memory = heard(recalled, evidence.node, { ...evidence, types })
  const look = lookOf(memory, evidence)
  const heldNow: Record<string, HeldState> = {}
  const byPolicy = new Map<string, readonly SignalSeen[]>()
  for (const policy of policies) {
    const seen = policy.spec.signals.map((signal) => {
      const claim = claimOf(signal, look)
      const key = heldKey(policy.name, signal.name)
      const state = held(memory.held[key], { ...evidence, state: claim.state })
      heldNow[key] = state
      const stored = evidence.stored?.spec?.policyName === policy.name ? evidence.stored.status.signals : []
      const known = stored.find(({ name }) => name === signal.name)
      return signalSeen(signal, claim, { state, mono: evidence.mono, stored: known })
    })
    byPolicy.set(policy.name, seen)
  }
  return { byPolicy, memory: { ...memory, held: heldNow } }
}

/** What a claim may rest on in the cached pass. */
export const lookOf = (memory: SignalMemory, { node, sources, now, mono }: Omit<Evidence, 'stored'>): Look => ({
  node,
  sources,
  now,
  mono,
  silentMs: (type) => silentMs(memory, type, mono),
  boots: [],
})
