import { leaseName } from '../../api/rights.ts'
import type { Instant } from '../../kernel/time.ts'
import { nameOf } from '../world/fields.ts'
import { type Checker, type Happening, policyOf, type Truth } from './checker.ts'
import { newSlots } from './claims.ts'
import { Leases } from './leases.ts'
import { lagMaxMs } from './spec-history.ts'
import { allowed, isIll } from './storm-figures.ts'
import { Symptoms, signalsOf } from './symptoms.ts'

/** By the truth about nodes alone: no node is treated for its load while more are overloaded than may be. Then capacity is missing. */
export function busyEveningsHoldLoad(): Checker {
  const [symptoms, leases] = [new Symptoms(), new Leases()]
  const above = new Map<string, Instant>()
  return {
    invariant: 'I3',
    judge: (happening, truth) => {
      symptoms.take(happening, truth)
      leases.take(happening, truth)
      if (isTick(happening)) follow(above, symptoms, truth)
      for (const { class: kind, policyName, nodeName, runUID } of newSlots(happening, truth)) {
        const since = above.get(policyName)
        // A run that was under way claims its slot again: that starts nothing.
        if (kind !== 'Load' || since === undefined || truth.runByUID(runUID)?.status.step?.attempted === true) continue
        if (Math.min(truth.now() - since, leases.heldForMs(truth.now())) <= lagMaxMs) continue
        return `${nodeName} was begun for its load while more nodes of ${policyName} were overloaded than may be`
      }
      return undefined
    },
  }
}

/** Nodes and alerts turn; and the renewals of our own Lease are the ticks of a clock. */
const isTick = (happening: Happening): boolean =>
  happening.kind === 'World'
    ? happening.event.kind === 'AlertBecame' || happening.event.kind === 'MetricBecame'
    : happening.kind === 'Changed' &&
      (happening.change.plural === 'nodes' ||
        (happening.change.plural === 'leases' && nameOf(happening.change.object) === leaseName))

/** Since when each policy has had too many. Who has a fault as well counts as faulty. */
function follow(above: Map<string, Instant>, symptoms: Symptoms, truth: Truth): void {
  const now = truth.now()
  for (const stored of truth.world.objects.all('noderemediationpolicies.prunella.dev')) {
    const [name, policy] = [nameOf(stored), policyOf(stored)]
    const selected = policy === undefined ? [] : truth.selectedBy(policy)
    const busy = selected.filter(
      (node) =>
        policy !== undefined &&
        isIll(node, { signals: signalsOf(policy, 'Load'), symptoms, now }) &&
        signalsOf(policy, 'Fault').every((signal) => symptoms.since(node, signal, now) === undefined) &&
        truth.openRunOn(nameOf(node)) === undefined,
    )
    const isAbove = policy !== undefined && busy.length > allowed(policy.limits.maxOverloaded, selected.length)
    if (!isAbove) above.delete(name)
    else if (!above.has(name)) above.set(name, now)
  }
}
