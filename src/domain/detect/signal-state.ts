import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { changesInMs, claimOf } from './claim.ts'
import { held, heldKey, type SignalSeen, signalSeen } from './hold.ts'
import { type Settling, settle, soonest } from './settle.ts'
import { booted, type HeldState, heard, type Moment, type SignalMemory, silentMs } from './signal-memory.ts'
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
  const memory = noted(policies, recalled, evidence)
  const heldNow: Record<string, HeldState> = {}
  const settlingNow: Record<string, Settling> = {}
  const byPolicy = new Map<string, readonly SignalSeen[]>()
  for (const policy of policies) {
    const seen = policy.spec.signals.map((signal) => {
      const key = heldKey(policy.name, signal.name)
      const before = memory.settling[key]
      const look = lookOf(memory, evidence, before?.stood ?? false)
      const { claim, settling, leftMs } = settle(before, { signal, claim: claimOf(signal, look), mono: evidence.mono })
      const state = held(memory.held[key], { ...evidence, claim })
      heldNow[key] = state
      settlingNow[key] = settling
      const stored = evidence.stored?.spec?.policyName === policy.name ? evidence.stored.status.signals : []
      const known = stored.find(({ name }) => name === signal.name)
      const changesMs = soonest(leftMs, changesInMs(signal, look))
      return signalSeen(signal, claim, { state, mono: evidence.mono, stored: known, changesMs })
    })
    byPolicy.set(policy.name, seen)
  }
  return { byPolicy, memory: { ...memory, held: heldNow, settling: settlingNow } }
}

/** Whose words moved, and whether the node booted. */
function noted(policies: readonly PreparedPolicy[], recalled: SignalMemory, evidence: Evidence): SignalMemory {
  const signals = policies.flatMap(({ spec }) => spec.signals)
  const types = new Set(
    signals.flatMap(({ nodeCondition }) => (nodeCondition === undefined ? [] : [nodeCondition.type])),
  )
  return heard(booted(recalled, evidence.node, evidence.mono), evidence.node, { ...evidence, types })
}

/** What a claim may rest on in the cached pass. */
const lookOf = (memory: SignalMemory, { node, sources, now, mono }: Evidence, stood: boolean): Look => ({
  node,
  sources,
  now,
  mono,
  stood,
  silentMs: (type) => silentMs(memory, type, mono),
  bootedAt: memory.bootedAt,
})
