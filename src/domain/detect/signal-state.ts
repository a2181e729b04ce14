import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { alertClaim } from './alert-claim.ts'
import { freshConditionClaim } from './condition-claim.ts'
import type { AlertsSeen, SignalClaim } from './evidence.ts'
import { held, heldKey, type SignalSeen, signalSeen } from './hold.ts'
import { type HeldState, heard, type Moment, type SignalMemory, silentMs } from './signal-memory.ts'

export interface Evidence extends Moment {
  readonly node: Node
  readonly alerts: AlertsSeen
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
  const heldNow: Record<string, HeldState> = {}
  const byPolicy = new Map<string, readonly SignalSeen[]>()
  for (const policy of policies) {
    const seen = policy.spec.signals.map((signal) => {
      const claim = claimOf(signal, memory, evidence)
      const key = heldKey(policy.name, signal.name)
      const state = held(memory.held[key], { ...evidence, claim })
      heldNow[key] = state
      const stored = evidence.stored?.spec?.policyName === policy.name ? evidence.stored.status.signals : []
      const known = stored.find(({ name }) => name === signal.name)
      return signalSeen(signal, claim, { state, mono: evidence.mono, stored: known })
    })
    byPolicy.set(policy.name, seen)
  }
  return { byPolicy, memory: { ...memory, held: heldNow } }
}

function claimOf(signal: Signal, memory: SignalMemory, { node, alerts, mono }: Evidence): SignalClaim {
  const { nodeCondition, alert } = signal
  if (nodeCondition !== undefined) {
    return freshConditionClaim({ ...signal, nodeCondition }, node, silentMs(memory, nodeCondition.type, mono))
  }
  if (alert !== undefined) {
    const ageMs = alerts.kind === 'Known' ? mono - alerts.atMono : 0
    return alertClaim({ ...signal, alert }, node.metadata.name, { seen: alerts, ageMs })
  }
  const message = 'its source is not available in this version'
  return { name: signal.name, state: 'Unknown', reason: 'SourceUnavailable', message }
}
