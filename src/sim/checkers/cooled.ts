import type { Breaker } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { isOpen } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Signal } from '../../api/v1alpha1/signal.ts'
import { type IntOrPercent, resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { isReady, nameOf } from '../world/fields.ts'
import { policyOf, type Truth } from './checker.ts'
import { isShown } from './handled.ts'
import { signalsOf } from './symptoms.ts'

/** L3: a breaker is open for as long as something is out of order, and no longer: then it cools, and lets one canary try. */
export function openBreaker(truth: Truth): string | undefined {
  const acknowledged = truth.guard?.acknowledgedTrips ?? []
  const open = (truth.ledger?.breakers ?? []).find(
    (breaker) => breaker.state === 'Open' && !acknowledged.includes(breaker.tripID) && hasCalmed(breaker, truth),
  )
  if (open === undefined) return undefined
  return `L3: trip ${open.tripID} of ${open.scope || 'the cluster'} is still open, and nothing is out of order any more`
}

/**
 * No more are ill than may be, and no zone is dark. Where that cannot be told it has not. Who fell ill together has not done so lately
 * before long: time alone ends that, and peace waits for it.
 */
function hasCalmed({ scope }: Breaker, truth: Truth): boolean {
  const { guard, world } = truth
  const policies = world.objects
    .all(`${policyKind.plural}.prunella.dev`)
    .filter((policy) => scope === '' || nameOf(policy) === scope)
  const specs = policies.map(policyOf)
  if (guard === undefined || specs.includes(undefined)) return false
  const selected = new Set(specs.flatMap((spec) => (spec === undefined ? [] : truth.selectedBy(spec))))
  // A policy that is gone counts nobody; of one that selects nobody, nobody knows anything.
  if (selected.size === 0) return scope !== '' && policies.length === 0
  const limits: readonly IntOrPercent[] =
    scope === '' ? [guard.maxUnhealthy] : specs.flatMap((spec) => spec?.limits.maxUnhealthy ?? [])
  const most = Math.min(...limits.map((limit) => resolveIntOrPercent(limit, selected.size) ?? 0))
  const sick = [...selected].filter((node) => mayCount(node, truth)).length
  const silent = [...selected].filter((node) => !isReady(node)).length
  return sick <= most && silent < darkMin
}

/** Fewer are no dark zone. */
const darkMin = 3

const faultSigns = ({ world }: Truth): readonly Signal[] =>
  world.objects
    .all(`${policyKind.plural}.prunella.dev`)
    .flatMap((stored) => policyOf(stored) ?? [])
    .flatMap((policy) => signalsOf(policy, 'Fault'))

/** It shows a fault, is believed to, or a run holds it that counts as one. */
function mayCount(node: JsonObject, truth: Truth): boolean {
  const { world, runs } = truth
  const name = nameOf(node)
  const signs = faultSigns(truth)
  // Leases, events and pods take a history to judge: of these the operator is believed.
  const isHeard = signs.some(({ nodeCondition, alert, query }) => (nodeCondition ?? alert ?? query) === undefined)
  const health = isHeard ? world.objects.get(`${healthKind.plural}.prunella.dev`, { name }) : undefined
  return (
    signs.some((sign) => isShown(node, sign, truth)) ||
    textAt(health, 'status', 'diagnosis', 'name') !== undefined ||
    runs.some((run) => run.spec?.node.name === name && isOpen(run))
  )
}
