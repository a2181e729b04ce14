import { withTransition } from '../../api/conditions.ts'
import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy, PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GuardSpec } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { Condition, GateAnswer } from '../../api/v1alpha1/schema.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Instant } from '../../kernel/time.ts'
import { isAcknowledged } from '../budget/breaker.ts'
import { trippedFact } from '../budget/breaker-condition.ts'
import { breakerHoldsNode } from '../budget/breaker-gate.ts'
import { shareInWords } from '../budget/excess.ts'
import type { Figures } from '../budget/figures.ts'
import type { BudgetView } from '../budget/gates.ts'
import type { LedgerSeen } from '../budget/ledger.ts'
import { budgetGates } from '../budget/shared-gates.ts'
import { storedAnswer } from '../budget/stored-answer.ts'
import { isActing, type PreparedPolicy } from './prepared-policy.ts'
import type { SourceHealth } from './source-health.ts'
import { sourceStatuses } from './source-status.ts'
import { trackRecordOf } from './track-record.ts'
import { describeIssue } from './validate-policy.ts'

/** All that the status of one policy may depend on. */
export interface PolicyView {
  readonly now: Instant
  readonly policy: NodeRemediationPolicy
  /** Every policy whose spec could be read, this one among them. */
  readonly prepared: readonly PreparedPolicy[]
  readonly nodes: readonly Node[]
  readonly health: readonly NodeHealth[]
  readonly runs: readonly NodeRemediation[]
  /** Undefined: there is none, or its spec cannot be read. */
  readonly guard: { readonly spec: GuardSpec; readonly ledgerUID: string | undefined } | undefined
  readonly ledger: LedgerSeen
  readonly pauses: readonly RemediationPause[]
  readonly figures: Figures
  /** Why alerts are not known; undefined: they are. */
  readonly alertsProblem: string | undefined
  /** Left out: nobody has asked. */
  readonly sources?: readonly SourceHealth[]
}

/** What the operator says of a policy: its validity, counts, and the gates that stand once for all its nodes. */
export function policyStatus(view: PolicyView): JsonObject {
  const { policy, prepared, runs } = view
  const own = prepared.find(({ name }) => name === policy.metadata.name)
  const shared = own === undefined ? { gates: [] } : sharedGatesOf(view, own.spec)
  const { gates } = shared
  const conditions = [ready(view, own), remediationAllowed(view, own, shared), breakerCondition(view, own)]
  const trackRecord = trackRecordOf(runs.filter(({ spec }) => spec?.policyName === policy.metadata.name))
  return {
    observedGeneration: policy.metadata.generation,
    conditions: conditions.map((fact) => ({
      ...withTransition(
        { ...fact, message: safeText(fact.message, 1_024), observedGeneration: policy.metadata.generation },
        policy.status.conditions,
        view.now,
      ),
    })),
    ...(own === undefined ? {} : counts(view, own, shared)),
    gates: gates.map((answer) => ({ ...storedAnswer(answer) })),
    ...sourcesOf(view, own),
    ...(trackRecord.length === 0 ? {} : { trackRecord: trackRecord.map((record) => ({ ...record })) }),
  }
}

function sourcesOf({ policy, sources = [], now }: PolicyView, own: PreparedPolicy | undefined): JsonObject {
  const before = policy.status.sources ?? []
  const statuses = own === undefined ? [] : sourceStatuses(own.spec, sources, { before, now })
  return statuses.length === 0 ? {} : { sources: statuses.map((status) => ({ ...status })) }
}

type Fact = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

function ready({ policy, prepared, nodes, alertsProblem }: PolicyView, own: PreparedPolicy | undefined): Fact {
  const type = 'Ready'
  if (own === undefined) {
    return {
      type,
      status: 'False',
      reason: 'PolicyInvalid',
      message: policy.problem ?? 'its spec cannot be read',
    }
  }
  const [issue] = own.issues
  if (issue !== undefined) {
    const message = own.issues.map(describeIssue).join('; ')
    return { type, status: 'False', reason: issue.reason, message }
  }
  const conflict = conflictOf(own, prepared, nodes)
  if (conflict !== undefined) return { type, status: 'False', reason: 'ConflictingPolicies', message: conflict }
  if (alertsProblem !== undefined && own.spec.signals.some(({ alert }) => alert !== undefined)) {
    const message = `alerts are not known, so signals that rest on them are Unknown: ${alertsProblem}`
    return { type, status: 'False', reason: 'SourceUnavailable', message }
  }
  return { type, status: 'True', reason: 'PolicyAccepted', message: 'the policy is valid' }
}

/** Another acting policy of the same priority on the same nodes: neither acts there, and both say so. */
function conflictOf(
  own: PreparedPolicy,
  prepared: readonly PreparedPolicy[],
  nodes: readonly Node[],
): string | undefined {
  if (!isActing(own.spec)) return undefined
  const rivals = prepared.filter(
    ({ name, spec }) => name !== own.name && isActing(spec) && spec.priority === own.spec.priority,
  )
  const selected = nodesOf(own, nodes)
  for (const rival of rivals) {
    const shared = nodesOf(rival, selected)
    if (shared.length === 0) continue
    const such = shared.map(({ metadata }) => metadata.name).toSorted()[0]
    const where = `${shared.length} of its nodes, such as ${such}`
    return `${rival.name} acts with the same priority ${own.spec.priority} on ${where}; neither acts there`
  }
  return undefined
}

interface Shared {
  readonly gates: readonly GateAnswer[]
  /** What stands for the overloaded nodes alone: the breaker that is closed for a Fault can be open for them. */
  readonly holdsLoad?: GateAnswer | undefined
}

function sharedGatesOf(view: PolicyView, policy: PolicySpec): Shared {
  const { guard, now, ledger, pauses, figures } = view
  if (guard === undefined) return { gates: [] }
  const budget: BudgetView = {
    now,
    ledger,
    pauses,
    figures,
    policy,
    policyName: view.policy.metadata.name,
    guard: guard.spec,
    ledgerUID: guard.ledgerUID,
    node: undefined,
    runUID: undefined,
  }
  const overloaded: BudgetView = { ...budget, node: { name: '', labels: {}, class: 'Load' } }
  const holdsLoad = figures.kind === 'Doubtful' ? undefined : breakerHoldsNode(overloaded, figures.policy)
  return { gates: budgetGates(budget), holdsLoad }
}

/** A full budget is work in progress and no verdict on the policy; a missing ledger is one. */
function remediationAllowed(
  { guard }: PolicyView,
  own: PreparedPolicy | undefined,
  { gates, holdsLoad }: Shared,
): Fact {
  const type = 'RemediationAllowed'
  const denied = (reason: string, message: string): Fact => ({ type, status: 'False', reason, message })
  if (own === undefined || own.issues.length > 0) return denied('PolicyInvalid', 'an invalid policy does nothing')
  if (guard === undefined)
    return denied('GuardMissing', 'there is no RemediationGuard named cluster, so no cap is known and nothing starts')
  const stopping = gates.find(
    ({ gate, result, reason }) =>
      result !== 'Pass' &&
      (gate === 'NotPaused' || gate === 'BreakerClosed' || (reason?.startsWith('Ledger') ?? false)),
  )
  if (stopping !== undefined) return denied(stopping.reason ?? stopping.gate, stopping.message ?? '')
  if (!isActing(own.spec))
    return denied('ObserveMode', `policy ${own.name} is in mode Observe: it rehearses and touches nothing`)
  if (holdsLoad !== undefined) {
    const message = `a Fault is treated, overloaded nodes wait: ${holdsLoad.message}`
    return { type, status: 'True', reason: 'TooManyOverloaded', message }
  }
  return { type, status: 'True', reason: 'WithinLimits', message: 'no pause, no breaker and no limit stops starts' }
}

/** The policy's own breaker; the cluster's stands in the guard, and whatever holds stands in `RemediationAllowed`. */
function breakerCondition({ policy, ledger, guard, figures }: PolicyView, own: PreparedPolicy | undefined): Fact {
  const type = 'BreakerClosed'
  if (own === undefined || guard === undefined) {
    const message = 'without a valid policy and a guard no breaker is asked'
    return { type, status: 'Unknown', reason: 'NotAsked', message }
  }
  const name = policy.metadata.name
  const trip = ledger.kind === 'Known' ? ledger.spec.breakers.find(({ scope }) => scope === name) : undefined
  if (trip !== undefined && !isAcknowledged(trip, guard.spec.acknowledgedTrips)) return trippedFact(trip)
  if (figures.kind === 'Doubtful')
    return { type, status: 'Unknown', reason: 'NodeListDoubtful', message: figures.message }
  const message = shareInWords(figures.policy, own.spec.limits.maxUnhealthy, { whose: name, class: 'Fault' })
  return { type, status: 'True', reason: 'BreakerClosed', message }
}

function counts(
  { policy, nodes, health, runs, figures }: PolicyView,
  own: PreparedPolicy,
  { gates, holdsLoad }: Shared,
): JsonObject {
  const name = policy.metadata.name
  const selected = new Set(nodesOf(own, nodes).map(({ metadata }) => metadata.name))
  const sick = health.filter(({ metadata, status }) => selected.has(metadata.name) && status.diagnosis !== undefined)
  const active = runs.filter((run) => run.spec?.policyName === name && !run.spec.dryRun && isOpen(run))
  const treated = new Set(active.flatMap(({ spec }) => spec?.node.name ?? []))
  const isSharedHeld = gates.some(({ result }) => result === 'Hold' || result === 'Unknown')
  const isHeldByShared = ({ status }: NodeHealth): boolean =>
    isSharedHeld || (holdsLoad !== undefined && status.diagnosis?.class === 'Load')
  const held = sick.filter(
    (one) => one.spec?.policyName === name && !treated.has(one.metadata.name) && (isHeldByShared(one) || isHeld(one)),
  )
  return {
    // As last believed: while the list is in doubt, the number that it is told by stays.
    nodes: figures.kind === 'Doubtful' ? (figures.before ?? selected.size) : selected.size,
    unhealthy: sick.filter(({ status }) => status.diagnosis?.class === 'Fault').length,
    overloaded: sick.filter(({ status }) => status.diagnosis?.class === 'Load').length,
    held: held.length,
    active: active.length,
  }
}

const isHeld = ({ status }: NodeHealth): boolean =>
  status.conditions.some((known) => known.type === 'Held' && known.status === 'True')

const nodesOf = ({ selects }: PreparedPolicy, nodes: readonly Node[]): readonly Node[] =>
  nodes.filter(({ metadata }) => selects(metadata.labels))
