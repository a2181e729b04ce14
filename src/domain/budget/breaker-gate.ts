import type { Breaker } from '../../api/v1alpha1/disruption-ledger.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { later, parseTime, rfc3339, seconds } from '../../kernel/time.ts'
import { isAcknowledged, isCovered, isNews } from './breaker.ts'
import { type Excess, excessesOf, inWords, limitOf, type Scope, shareInWords } from './excess.ts'
import type { Share } from './figures.ts'
import { type BudgetView, hold, pass } from './gates.ts'
import { needsCanary } from './ledger.ts'

/**
 * Asked at every start and before every treatment, on the ledger as it was read live: a storm starts nothing in the seconds before
 * its trip is written down, either.
 */
export function breakerClosed(view: BudgetView): GateAnswer {
  const { figures, ledger, ledgerUID } = view
  if (figures.kind === 'Doubtful')
    return hold('BreakerClosed', 'NodeListDoubtful', {
      message: figures.message,
      unblockedBy: 'a complete list of nodes',
    })
  if (ledger.kind === 'Known' && ledgerUID !== undefined && ledger.uid !== ledgerUID) {
    const message = `the ledger came back as ${ledger.uid}, ${ledgerUID} was known: what was under way is forgotten`
    return hold('BreakerClosed', 'BreakerOpen', {
      message,
      unblockedBy: 'the trip is written down; then cooling, or a person',
    })
  }
  const scopes = scopesOf(view, figures)
  return (
    firstOf(scopes, (scope) => listed(view, scope)) ??
    firstOf(scopes, (scope) => tripping(view, scope)) ??
    firstOf(scopes, tooManyFaults) ??
    breakerHoldsNode(view, figures.policy) ??
    closed(view, scopes)
  )
}

/** The cluster's breaker and the policy's. */
function scopesOf(
  { policyName, policy, guard, ledger }: BudgetView,
  { policy: own, cluster }: { readonly policy: Share; readonly cluster: Share },
): readonly Scope[] {
  const known = ledger.kind === 'Known' ? ledger.spec : { starts: [] }
  return [
    { name: '', share: cluster, maxUnhealthy: guard.maxUnhealthy, ledger: known },
    { name: policyName, share: own, maxUnhealthy: policy.limits.maxUnhealthy, ledger: known },
  ]
}

const firstOf = (scopes: readonly Scope[], ask: (scope: Scope) => GateAnswer | undefined): GateAnswer | undefined => {
  for (const scope of scopes) {
    const found = ask(scope)
    if (found !== undefined) return found
  }
  return undefined
}

const breakerOf = ({ ledger }: BudgetView, { name }: Scope): Breaker | undefined =>
  ledger.kind === 'Known' ? ledger.spec.breakers.find(({ scope }) => scope === name) : undefined

/** What the ledger says. A half-open one lets pass whoever will be its canary, or is. */
function listed(view: BudgetView, scope: Scope): GateAnswer | undefined {
  const breaker = breakerOf(view, scope)
  if (breaker === undefined || isAcknowledged(breaker, view.guard.acknowledgedTrips)) return undefined
  const { tripID, tripTime, message } = breaker
  const whose = inWords(scope.name)
  const unblockedBy = `cooling and a canary, or \`prunella breaker reset ${tripID}\` by a person`
  switch (breaker.state) {
    case 'HalfOpen':
      return halfOpen(view, breaker, whose)
    case 'Cooling':
      return cooling(view, breaker, { whose, unblockedBy })
    default:
      return hold('BreakerClosed', 'BreakerOpen', {
        message: `the breaker of ${whose} tripped at ${tripTime} (${tripID}): ${message}`,
        unblockedBy,
      })
  }
}

function cooling(
  { now, guard }: BudgetView,
  { tripID, coolingSince }: Breaker,
  { whose, unblockedBy }: { readonly whose: string; readonly unblockedBy: string },
): GateAnswer {
  const cooledAt = later(parseTime(coolingSince) ?? now, seconds(guard.coolingSeconds))
  const message = `the breaker of ${whose} (${tripID}) cools; one canary may start at ${rfc3339(cooledAt)}, or later`
  return hold('BreakerClosed', 'StormCoolingDown', { message, unblockedBy })
}

function halfOpen(view: BudgetView, breaker: Breaker, whose: string): GateAnswer | undefined {
  const { runUID, policyName } = view
  const { canaryRunUID, tripID } = breaker
  const isUnderWay = runUID !== undefined && nameOfSlot(view, runUID) !== undefined
  if (canaryRunUID === runUID && runUID !== undefined) return undefined
  if (needsCanary(breaker, policyName) && !isUnderWay) return undefined
  const who = canaryRunUID === undefined ? 'no run yet' : (nameOfSlot(view, canaryRunUID) ?? canaryRunUID)
  const message = `the breaker of ${whose} (${tripID}) is half open, and ${who} tries it out as its one canary`
  return hold('BreakerClosed', 'CanaryRunning', { message, unblockedBy: 'that run is verified' })
}

const nameOfSlot = ({ ledger }: BudgetView, wanted: string): string | undefined =>
  ledger.kind === 'Known' ? ledger.spec.slots.find(({ runUID }) => runUID === wanted)?.runName : undefined

/** What will trip the breaker as soon as the leader has looked. */
function tripping(view: BudgetView, scope: Scope): GateAnswer | undefined {
  const breaker = breakerOf(view, scope)
  const isMute = (excess: Excess): boolean =>
    breaker !== undefined &&
    (isAcknowledged(breaker, view.guard.acknowledgedTrips) ? isCovered(excess, breaker) : !isNews(excess, breaker))
  const excess = excessesOf(scope).find((one) => one.input !== 'MaxUnhealthy' && !isMute(one))
  if (excess === undefined) return undefined
  const message = `the breaker of ${inWords(scope.name)} trips: ${excess.message}`
  return hold('BreakerClosed', 'BreakerOpen', {
    message,
    unblockedBy: 'cooling once it is over, or a person who has looked',
  })
}

/** Whatever a person has acknowledged: so many are never treated at once. */
const tooManyFaults = (scope: Scope): GateAnswer | undefined =>
  tooMany(scope.share, scope.maxUnhealthy, { whose: inWords(scope.name), class: 'Fault' })

/** What holds this node alone, of what stands once for all of them: its class, and a ladder that has never helped. */
export const breakerHoldsNode = (view: BudgetView, share: Share): GateAnswer | undefined =>
  overloaded(view, share) ?? canaryOfPlan(view)

function overloaded({ node, policy, policyName }: BudgetView, share: Share): GateAnswer | undefined {
  if (node?.class !== 'Load') return undefined
  return tooMany(share, policy.limits.maxOverloaded, { whose: policyName, class: 'Load' })
}

function tooMany(share: Share, allowed: number | string, counted: Parameters<typeof shareInWords>[2]) {
  const limit = limitOf(allowed, share)
  const count = counted.class === 'Fault' ? share.faults : share.loads
  if (count <= limit) return undefined
  return hold('BreakerClosed', 'TooManyUnhealthy', {
    message: shareInWords(share, allowed, counted),
    numbers: { unhealthy: count, selected: share.selected, limit },
    unblockedBy: `fewer nodes of class ${counted.class}`,
  })
}

/** The first run of a ladder that has never helped must be verified before the second starts. */
function canaryOfPlan({ policy, node, ledger, runUID }: BudgetView): GateAnswer | undefined {
  const plan = node?.plan
  if (!policy.limits.canary || plan === undefined || ledger.kind !== 'Known') return undefined
  const { slots, proven } = ledger.spec
  if (proven.some((known) => known.plan === plan) || slots.some((slot) => slot.runUID === runUID)) return undefined
  const first = slots.find((slot) => slot.plan === plan)
  if (first === undefined) return undefined
  const message = `${first.runName} on node ${first.nodeName} is the first run of this ladder: it must help before a second starts`
  return hold('BreakerClosed', 'CanaryRunning', {
    message,
    unblockedBy: 'that run is verified, or `limits.canary: false`',
  })
}

function closed({ guard }: BudgetView, [cluster, own]: readonly Scope[]): GateAnswer {
  if (cluster === undefined || own === undefined) return pass('BreakerClosed', 'closed')
  const inShort = ({ name, share, maxUnhealthy }: Scope): string =>
    `${share.faults} of ${share.selected} nodes of ${inWords(name)} with a Fault, limit ${limitOf(maxUnhealthy, share)}`
  const numbers = {
    unhealthy: own.share.faults,
    selected: own.share.selected,
    limit: limitOf(own.maxUnhealthy, own.share),
    clusterUnhealthy: cluster.share.faults,
    clusterSelected: cluster.share.selected,
    clusterLimit: limitOf(guard.maxUnhealthy, cluster.share),
  }
  return pass('BreakerClosed', `${inShort(own)}; ${inShort(cluster)}`, numbers)
}
