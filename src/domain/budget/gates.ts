import { type GateReason, gateReasons, type StartGate } from '../../api/gates.ts'
import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GuardSpec } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { resolveIntOrPercent } from '../../kernel/int-or-percent.ts'
import type { Labels } from '../../kernel/selector.ts'
import { hours, type Instant, instant, later, parseTime, rfc3339 } from '../../kernel/time.ts'
import type { Figures } from './figures.ts'
import { isLedgerFull, type LedgerSeen } from './ledger.ts'
import { pausesInForce } from './pauses.ts'

/** All that the shared gates may know. Without a node they answer for the policy as a whole. */
export interface BudgetView {
  readonly now: Instant
  readonly policyName: string
  readonly policy: PolicySpec
  readonly guard: GuardSpec
  /** UID of the ledger that the guard remembers; undefined before the first look, and then nothing starts. */
  readonly ledgerUID: string | undefined
  readonly ledger: LedgerSeen
  readonly pauses: readonly RemediationPause[]
  readonly figures: Figures
  readonly node: NodeAsking | undefined
  /** The run that asks: a slot of its own counts neither against it nor as a new start. */
  readonly runUID: string | undefined
}

interface NodeAsking {
  readonly name: string
  readonly labels: Labels
  readonly class: 'Fault' | 'Load'
  /** Hash of diagnosis and ladder. Left out: nobody asks for a canary of it. */
  readonly plan?: string | undefined
}

/** What the gate needs of a view: it is asked even where there is none. */
type Pausable = Pick<BudgetView, 'pauses' | 'policyName' | 'now'> & {
  readonly node: { readonly name: string } | undefined
}

export function notPaused({ pauses, policyName, node, now }: Pausable): GateAnswer {
  const [pause] = pausesInForce(pauses, { policyName, nodeName: node?.name }, now)
  if (pause === undefined) return pass('NotPaused', 'no pause is in force')
  const { scope, reason = 'its spec cannot be read', until } = pause.spec ?? {}
  const kind =
    scope?.policyName !== undefined ? 'PolicyPaused' : scope?.nodeName !== undefined ? 'NodePaused' : 'GloballyPaused'
  const end = until === undefined ? 'until it is deleted' : `until ${until}`
  const message = `pause ${pause.metadata.name} is in force ${end}: ${reason}; clean-up goes on`
  return hold('NotPaused', kind, {
    message,
    unblockedBy: `\`kubectl delete remediationpause ${pause.metadata.name}\`, or its end time`,
  })
}

export function budgetFree(view: BudgetView): GateAnswer {
  const { ledger, ledgerUID, policyName, policy, guard, figures, runUID } = view
  if (ledger.kind === 'Missing') {
    const message = `the ledger is missing${ledgerUID === undefined ? '' : `, expected with UID ${ledgerUID}`}`
    return hold('BudgetFree', 'LedgerMissing', {
      message,
      unblockedBy: 'installing it again: the operator never creates it',
    })
  }
  if (ledger.kind === 'Unavailable') {
    return hold('BudgetFree', 'LedgerUnavailable', {
      message: `the ledger cannot be read: ${ledger.message}`,
      unblockedBy: 'it can be read',
    })
  }
  if (ledger.spec.slots.some((slot) => slot.runUID === runUID)) return pass('BudgetFree', 'this run holds a slot')
  if (ledgerUID === undefined) {
    const message = `whether ${ledger.uid} is the ledger that was here before is not known yet`
    return hold('BudgetFree', 'LedgerUnavailable', { message, unblockedBy: 'the status of RemediationGuard/cluster' })
  }
  const limit = resolveIntOrPercent(policy.limits.maxConcurrent, selectedOf(figures)) ?? 0
  const own = ledger.spec.slots.filter((slot) => slot.policyName === policyName)
  if (own.length >= limit) return exhausted(`of ${policyName}`, own, limit)
  const all = ledger.spec.slots
  if (all.length >= guard.maxConcurrent) return exhausted('of the cluster', all, guard.maxConcurrent)
  const message = `${own.length} of ${limit} slots of ${policyName} are held, ${all.length} of ${guard.maxConcurrent} of the cluster`
  return pass('BudgetFree', message, { used: own.length, limit })
}

function exhausted(whose: string, holders: readonly { readonly runName: string }[], limit: number): GateAnswer {
  const numbers = { used: holders.length, limit }
  if (limit === 0) {
    return hold('BudgetFree', 'BudgetExhausted', {
      message: `the limit ${whose} is 0: nothing starts`,
      numbers,
      unblockedBy: 'a change of the limit',
    })
  }
  const message = `${holders.length} of ${limit} slots ${whose} are held by ${namesOf(holders)}`
  return hold('BudgetFree', 'BudgetExhausted', { message, numbers, unblockedBy: 'a slot comes back' })
}

export function topologyFree({ ledger, policy, policyName, node, runUID }: BudgetView): GateAnswer {
  const limits = policy.limits.topologyLimits
  if (limits.length === 0) return pass('TopologyFree', 'no limit per topology domain is set')
  if (node === undefined || ledger.kind !== 'Known') return { gate: 'TopologyFree', result: 'NotReached' }
  for (const { topologyKey, maxConcurrent } of limits) {
    const value = node.labels[topologyKey]
    if (value === undefined) {
      const message = `node ${node.name} has no label ${topologyKey}`
      return hold('TopologyFree', 'TopologyUnknown', { message, unblockedBy: `the label ${topologyKey}` })
    }
    const holders = ledger.spec.slots.filter(
      (slot) =>
        slot.policyName === policyName &&
        slot.runUID !== runUID &&
        slot.domains.some((domain) => domain.topologyKey === topologyKey && domain.value === value),
    )
    if (holders.length >= maxConcurrent) {
      const message = `${holders.length} of ${maxConcurrent} slots in ${topologyKey}=${value} are held by ${namesOf(holders)}`
      const numbers = { used: holders.length, limit: maxConcurrent }
      return hold('TopologyFree', 'TopologyBudgetExhausted', {
        message,
        numbers,
        unblockedBy: 'a slot in that domain comes back',
      })
    }
  }
  return pass(
    'TopologyFree',
    limits.map(({ topologyKey }) => `${topologyKey}=${node.labels[topologyKey]} has room`).join(', '),
  )
}

export function rateFree({ ledger, policy, policyName, guard, now, runUID }: BudgetView): GateAnswer {
  if (ledger.kind !== 'Known') return { gate: 'RateFree', result: 'NotReached' }
  const { starts } = ledger.spec
  if (starts.some((start) => start.runUID === runUID)) return pass('RateFree', 'this run has started already')
  if (isLedgerFull(ledger.spec, now)) {
    return hold('RateFree', 'RateExceeded', {
      message: 'the ledger holds as many starts as it can',
      unblockedBy: 'time',
    })
  }
  const recent = starts.filter((start) => isWithinHour(start, now))
  const own = recent.filter((start) => start.policyName === policyName)
  if (own.length >= policy.limits.maxPerHour) return tooFast(policyName, own, { limit: policy.limits.maxPerHour, now })
  if (recent.length >= guard.maxPerHour) return tooFast('the cluster', recent, { limit: guard.maxPerHour, now })
  return pass('RateFree', `${own.length} of ${policy.limits.maxPerHour} starts in the last hour`, {
    starts: own.length,
    limit: policy.limits.maxPerHour,
  })
}

function tooFast(
  whose: string,
  starts: readonly Start[],
  { limit, now }: { readonly limit: number; readonly now: Instant },
): GateAnswer {
  const numbers = { starts: starts.length, limit }
  if (starts.length === 0) {
    const message = `${whose} allows no start in an hour`
    return hold('RateFree', 'RateExceeded', { message, numbers, unblockedBy: 'a higher maxPerHour' })
  }
  const oldest = Math.min(...starts.map(({ startTime }) => parseTime(startTime) ?? now))
  const leaves = rfc3339(later(instant(oldest), hours(1)))
  const message = `${starts.length} of ${limit} starts of ${whose} in the last hour; the oldest leaves at ${leaves}`
  return hold('RateFree', 'RateExceeded', { message, numbers, unblockedBy: 'time' })
}

/** A start in the future counts as inside the window: a clock that was set back must not buy starts. */
const isWithinHour = ({ startTime }: Start, now: Instant): boolean => now - (parseTime(startTime) ?? now) < hours(1)

const selectedOf = (figures: Figures): number => (figures.kind === 'Known' ? figures.policy.selected : 0)

const namesOf = (holders: readonly { readonly runName: string }[]): string => {
  const names = holders.map(({ runName }) => runName).toSorted()
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
}

export const pass = (gate: StartGate, message: string, numbers?: Readonly<Record<string, number>>): GateAnswer => ({
  gate,
  result: 'Pass',
  reason: gate,
  message,
  ...(numbers === undefined ? {} : { numbers }),
})

type Held = Required<Pick<GateAnswer, 'message' | 'unblockedBy'>> & Pick<GateAnswer, 'numbers'>

/** Hold or Unknown, as the table of reasons says. */
export function hold<Gate extends StartGate>(gate: Gate, reason: GateReason<Gate>, held: Held): GateAnswer {
  const results: Readonly<Record<string, 'Hold' | 'Unknown'>> = gateReasons[gate]
  return { gate, result: results[reason] ?? 'Hold', reason, ...held }
}
