import type { Node } from '../../api/core/node.ts'
import type { NodeHealth, SignalState } from '../../api/v1alpha1/node-health.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
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
  /** The very one of before where there is nothing new to remember. */
  readonly memory: SignalMemory
}

/** Every signal of every policy that selects the node, with its hold. */
export function signalsOf(
  policies: readonly PreparedPolicy[],
  recalled: SignalMemory,
  evidence: Evidence,
): SignalsSeen {
  const memory = noted(policies, recalled, evidence)
  const { now, mono } = evidence
  const look = lookOf(memory, evidence)
  const lookStood = { ...look, stood: true }
  const notes: Note[] = []
  const byPolicy = new Map<string, readonly SignalSeen[]>()
  for (const policy of policies) {
    const stored = storedSignals(policy, evidence)
    const seen = asksOf(policy).signals.map(({ key, signal }) => {
      const before = memory.settling[key]
      const own = before?.stood === true ? lookStood : look
      const { claim, settling, leftMs } = settle(before, { signal, claim: claimOf(signal, own), mono })
      const state = held(memory.held[key], { now, mono, claim })
      notes.push({ key, state, settling })
      const known = stored.find(({ name }) => name === signal.name)
      const changesMs = soonest(leftMs, changesInMs(signal, own))
      return signalSeen(signal, claim, { state, mono, stored: known, changesMs })
    })
    byPolicy.set(policy.name, seen)
  }
  return { byPolicy, memory: remembering(memory, notes) }
}

/** What is to be remembered of one signal. */
interface Note {
  readonly key: string
  readonly state: HeldState
  readonly settling: Settling
}

const storedSignals = ({ name }: PreparedPolicy, { stored }: Evidence): readonly SignalState[] =>
  stored?.spec?.policyName === name ? stored.status.signals : []

/** What is as it was is kept: of thousands of nodes that are well nothing has to be made anew. */
function remembering(memory: SignalMemory, notes: readonly Note[]): SignalMemory {
  const isKnown = notes.every(
    ({ key, state, settling }) => memory.held[key] === state && memory.settling[key] === settling,
  )
  // Of a policy that selects the node no longer nothing is kept.
  if (isKnown && Object.keys(memory.held).length === notes.length) return memory
  return {
    ...memory,
    held: Object.fromEntries(notes.map(({ key, state }) => [key, state])),
    settling: Object.fromEntries(notes.map(({ key, settling }) => [key, settling])),
  }
}

/** Whose words moved, and whether the node booted. */
function noted(policies: readonly PreparedPolicy[], recalled: SignalMemory, evidence: Evidence): SignalMemory {
  const { node, now, mono } = evidence
  const types = policies.flatMap((policy) => asksOf(policy).conditionTypes)
  return heard(booted(recalled, node, mono), node, { now, mono, types })
}

/** What a claim may rest on in the cached pass. */
const lookOf = (memory: SignalMemory, { node, sources, now, mono }: Evidence): Look => ({
  node,
  sources,
  now,
  mono,
  stood: false,
  silentMs: (type) => silentMs(memory, type, mono),
  bootedAt: memory.bootedAt,
})

/** What a policy asks of every node alike. */
interface Asks {
  readonly signals: readonly { readonly key: string; readonly signal: Signal }[]
  readonly conditionTypes: readonly string[]
}

function asksOf(policy: PreparedPolicy): Asks {
  const known = asks.get(policy)
  if (known !== undefined) return known
  const { name, spec } = policy
  const read = {
    signals: spec.signals.map((signal) => ({ key: heldKey(name, signal.name), signal })),
    conditionTypes: spec.signals.flatMap(({ nodeCondition }) => nodeCondition?.type ?? []),
  }
  asks.set(policy, read)
  return read
}

/** By the very policy, which is never changed: another generation is another object. */
const asks = new WeakMap<PreparedPolicy, Asks>()
