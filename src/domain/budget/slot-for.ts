import type { Slot } from '../../api/v1alpha1/disruption-ledger.ts'
import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Labels } from '../../kernel/selector.ts'
import { type Instant, rfc3339 } from '../../kernel/time.ts'
import { planOf } from './canary.ts'

/** A run that takes a slot, or will. */
interface Claimant {
  readonly uid: string
  readonly name: string
  readonly spec: RunSpec
}

interface Place {
  readonly labels: Labels
  readonly limits: PolicySpec['limits'] | undefined
  readonly at: Instant
}

/** What a run takes on a node with these labels. */
export function slotFor({ uid, name, spec }: Claimant, place: Place): Slot {
  const { labels, limits, at } = place
  const domains = (limits?.topologyLimits ?? []).flatMap(({ topologyKey }) => {
    const value = labels[topologyKey]
    return value === undefined ? [] : [{ topologyKey, value }]
  })
  const plan = planOf(spec)
  return {
    runUID: uid,
    runName: name,
    policyName: spec.policyName,
    nodeName: spec.node.name,
    nodeUID: spec.node.uid,
    class: spec.cause.class,
    domains,
    claimTime: rfc3339(at),
    ...(plan === undefined ? {} : { plan }),
  }
}
