import { parseTime } from '../../kernel/time.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import { preparePolicy } from '../policy/prepared-policy.ts'
import type { SignalKnown, TreeSeen } from './branches.ts'
import { computedSignals } from './computed-gates.ts'
import type { LadderParts } from './ladder-parts.ts'

/**
 * The tree of the policy that would act, as far as objects tell: a signal that a NodeHealth does not name is plainly False. Numbers
 * stand in no object, so a diagnosis over them is Unknown here, unless it is the one that stands. Undefined: no policy selects the
 * node, or what is believed of it cannot be read.
 */
export function treeSeen(parts: LadderParts): TreeSeen | undefined {
  const { node, unreadable } = parts
  if (unreadable?.health !== undefined || unreadable?.policies !== undefined) return undefined
  const health = parts.health?.spec?.node.uid === node.metadata.uid ? parts.health : undefined
  if (health === undefined) return computedTree(parts)
  const policy = parts.policies.find(({ metadata }) => metadata.name === health.spec?.policyName)
  const prepared = policy && preparePolicy(policy)
  if (prepared === undefined) return undefined
  const signals = prepared.spec.signals.map(({ name }): SignalKnown => {
    const stored = health.status.signals.find((signal) => signal.name === name)
    if (stored === undefined) return { name, state: 'False' }
    const holdUntil = parseTime(stored.holdUntil)
    const isOver = holdUntil === undefined || holdUntil <= parts.now
    return { name, state: stored.state, reason: stored.reason, holdUntil: isOver ? undefined : holdUntil }
  })
  return { policy: prepared, signals, node: nodeFactsOf(node), taken: health.status.diagnosis?.name }
}

function computedTree(parts: LadderParts): TreeSeen | undefined {
  const { policy, signals } = computedSignals(parts)
  if (policy === undefined) return undefined
  const known = signals.map(
    ({ claim: { name, state, reason }, leftMs, holdUntil }): SignalKnown => ({
      name,
      state,
      reason,
      holdUntil: leftMs > 0 ? holdUntil : undefined,
    }),
  )
  return { policy, signals: known, node: nodeFactsOf(parts.node) }
}
