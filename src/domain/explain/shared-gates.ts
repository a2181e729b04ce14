import type { GateName } from '../../api/gates.ts'
import type { NodeRemediationPolicy, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardSpecSchema } from '../../api/v1alpha1/remediation-guard.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { breakerHoldsNode } from '../budget/breaker-gate.ts'
import { planOf } from '../budget/canary.ts'
import { type BudgetView, notPaused, topologyFree } from '../budget/gates.ts'
import { ladderOf } from '../policy/ladder-of.ts'
import type { LadderParts } from './ladder-parts.ts'

/**
 * What a shared gate says to one node. Most of it stands once, in the status of the policy; what concerns this node alone (its
 * pause, its topology domain) is worked out here.
 */
export function sharedAnswer(
  gate: GateName,
  policy: NodeRemediationPolicy | undefined,
  parts: LadderParts,
): GateAnswer {
  const problem = parts.unreadable?.policies
  if (problem !== undefined) return unknown(gate, `policies cannot be read: ${problem}`)
  if (policy?.spec === undefined) return { gate, result: 'NotReached' }
  const named = { name: policy.metadata.name, spec: policy.spec }
  if (gate === 'NotPaused') return pauseAnswer(named, parts)
  if (gate === 'TopologyFree' && policy.spec.limits.topologyLimits.length > 0) return topologyAnswer(named, parts)
  if (gate === 'BreakerClosed') return breakerAnswer(policy, named, parts)
  return statedAnswer(gate, policy, parts)
}

interface NamedPolicy {
  readonly name: string
  readonly spec: PolicySpec
}

function pauseAnswer(policy: NamedPolicy, parts: LadderParts): GateAnswer {
  const problem = parts.unreadable?.pauses
  return problem === undefined
    ? notPaused(viewOf(policy, parts))
    : unknown('NotPaused', `pauses cannot be read: ${problem}`)
}

function topologyAnswer(policy: NamedPolicy, parts: LadderParts): GateAnswer {
  const { ledger, unreadable } = parts
  const problem = unreadable?.ledger ?? (ledger?.spec === undefined ? 'there is none' : undefined)
  return problem === undefined
    ? topologyFree(viewOf(policy, parts))
    : unknown('TopologyFree', `the ledger cannot be read: ${problem}`)
}

/** The policy speaks for all its nodes; a node of class Load, and a ladder that is new, have more to ask. */
function breakerAnswer(policy: NodeRemediationPolicy, named: NamedPolicy, parts: LadderParts): GateAnswer {
  const stated = statedAnswer('BreakerClosed', policy, parts)
  const { diagnosis } = parts.health?.status ?? {}
  if (stated.result !== 'Pass' || diagnosis === undefined) return stated
  const { when, signals, treatments } = ladderOf(named.spec, diagnosis.name)
  const cause = { diagnosis: diagnosis.name, class: diagnosis.class, when, signals }
  const plan = planOf({ policyName: named.name, cause, treatments })
  const view = viewOf(named, parts)
  const { nodes = 0, unhealthy = 0, overloaded = 0 } = policy.status
  const share = { selected: nodes, healthy: 0, faults: unhealthy, loads: overloaded }
  return breakerHoldsNode({ ...view, node: view.node && { ...view.node, plan } }, share) ?? stated
}

/** As the operator has written it; an answer about an older generation is none. */
function statedAnswer(
  gate: GateName,
  { metadata, status }: NodeRemediationPolicy,
  { guard, unreadable }: LadderParts,
): GateAnswer {
  if (status.observedGeneration !== metadata.generation) {
    return unknown(gate, `the operator has not looked at this version of policy ${metadata.name} yet`)
  }
  const stated = status.gates.find((answer) => answer.gate === gate)
  if (stated !== undefined) return stated
  if (guard === undefined && unreadable?.guard === undefined)
    return unknown(gate, 'there is no RemediationGuard named cluster')
  return unknown(gate, `policy ${metadata.name} has no answer of the operator`)
}

const unknown = (gate: GateName, message: string): GateAnswer => ({ gate, result: 'Unknown', message })

/** For gates that ask neither for figures nor for the guard's caps. */
function viewOf(
  { name, spec }: NamedPolicy,
  { now, node, guard, ledger, pauses, run, health }: LadderParts,
): BudgetView {
  return {
    now,
    policyName: name,
    policy: spec,
    guard: guard?.spec ?? guardSpecSchema.parse({}),
    ledgerUID: guard?.status.ledgerUID,
    ledger:
      ledger?.spec === undefined
        ? { kind: 'Missing' }
        : {
            kind: 'Known',
            uid: ledger.metadata.uid,
            resourceVersion: ledger.metadata.resourceVersion,
            spec: ledger.spec,
          },
    pauses,
    figures: { kind: 'Doubtful', message: 'not counted here' },
    node: { name: node.metadata.name, labels: node.metadata.labels, class: health?.status.diagnosis?.class ?? 'Fault' },
    runUID: run?.metadata.uid,
  }
}
