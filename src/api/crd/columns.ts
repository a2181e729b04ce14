import type { Column } from './definition.ts'

/** What `kubectl get` shows, with the path that every column is read from: it can show only what stands in the object. */
const column =
  (type: Column['type'], wide: boolean) =>
  (name: string, jsonPath: string, description: string): Column => ({ name, type, jsonPath, description, wide })

const text = column('string', false)
const integer = column('integer', false)
const wideText = column('string', true)
const wideInteger = column('integer', true)
const wideFlag = column('boolean', true)
const wideDate = column('date', true)

const condition = (type: string, field: 'status' | 'reason'): string =>
  `.status.conditions[?(@.type=="${type}")].${field}`
/** The breaker of the whole cluster is the one without a scope. */
const clusterBreaker = (field: string): string => `.spec.breakers[?(@.scope=="")].${field}`

const age: Column = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Since when the object exists.',
  wide: false,
}

export const policyColumns: readonly Column[] = [
  text('Mode', '.spec.mode', 'Observe, Approve or Automatic.'),
  text('Ready', condition('Ready', 'status'), 'Whether the policy is valid.'),
  integer('Nodes', '.status.nodes', 'Nodes that it selects.'),
  integer('Unhealthy', '.status.unhealthy', 'Of these, nodes with a Fault.'),
  integer('Held', '.status.held', 'Of these, nodes that a gate holds.'),
  text('Allowed', condition('RemediationAllowed', 'status'), 'Whether the limits let runs start.'),
  text('Reason', condition('RemediationAllowed', 'reason'), 'Why they do, or do not.'),
  age,
  wideInteger('Priority', '.spec.priority', 'Of two acting policies on one node the higher acts.'),
  wideText('Max', '.spec.limits.maxConcurrent', 'How many nodes may be disrupted at once.'),
  wideInteger('Load', '.status.overloaded', 'Nodes with a diagnosis of class Load.'),
  wideInteger('Active', '.status.active', 'Runs that are not finished.'),
]

export const guardColumns: readonly Column[] = [
  integer('Max', '.spec.maxConcurrent', 'How many nodes all policies together may disrupt at once.'),
  text('Max-Unhealthy', '.spec.maxUnhealthy', 'Above this nothing starts.'),
  integer('Slots', '.status.slots', 'Slots that are taken.'),
  text('Breaker', condition('BreakerClosed', 'reason'), 'The breaker of the cluster.'),
  age,
  wideInteger('Per-Hour', '.spec.maxPerHour', 'How many runs may start within an hour.'),
  wideInteger('Cooling', '.spec.coolingSeconds', 'Seconds that the breaker cools.'),
]

export const pauseColumns: readonly Column[] = [
  text('Policy', '.spec.scope.policyName', 'The policy that is paused; with neither policy nor node, everything is.'),
  text('Node', '.spec.scope.nodeName', 'The node that is paused.'),
  text('Until', '.spec.until', 'When it ends by itself.'),
  text('Reason', '.spec.reason', 'Why.'),
  age,
  wideText('By', '.spec.requestedBy', 'Who asked for it.'),
]

export const healthColumns: readonly Column[] = [
  text('Healthy', condition('Healthy', 'status'), 'What is believed of the node.'),
  text('Diagnosis', '.status.diagnosis.name', 'The fault that the signals amount to.'),
  text('Class', '.status.diagnosis.class', 'Fault or Load.'),
  text('Reason', condition('Held', 'reason'), 'What holds the run, or that nothing does.'),
  age,
  wideText('Cause', condition('Healthy', 'reason'), 'Why it is not believed healthy.'),
  wideText('Policy', '.spec.policyName', 'The policy that would act.'),
  wideDate('Since', '.status.diagnosis.since', 'Since when the diagnosis stands.'),
]

export const runColumns: readonly Column[] = [
  text('Node', '.spec.node.name', 'The node.'),
  text('Treatment', '.status.treatment', 'The rung that is due or under way.'),
  text('Step', '.status.step.name', 'Where the run stands. For eyes: scripts read conditions.'),
  text('Status', condition('Succeeded', 'status'), 'Whether the run succeeded; Unknown while it is open.'),
  text('Reason', condition('Succeeded', 'reason'), 'How it ended.'),
  age,
  wideText('Policy', '.spec.policyName', 'The policy that it acts for.'),
  wideText('Diagnosis', '.spec.cause.diagnosis', 'The fault.'),
  wideText('Held', condition('Held', 'reason'), 'What it waits for.'),
  wideInteger('Gone', '.status.drain.gone', 'Pods that were seen gone.'),
  wideInteger('Pods', '.status.drain.total', 'Pods that have to leave.'),
  wideText('Deadline', '.status.step.deadline', 'When the step gives way to the next.'),
  wideFlag('Dry-Run', '.spec.dryRun', 'Whether it is a plan or a rehearsal.'),
  wideText('Planned', condition('Planned', 'reason'), 'What a dry run found.'),
  wideDate('Finished', '.status.completionTime', 'When it was over.'),
  wideText('Grade', '.status.grade.verdict', 'Of a rehearsal: what became of the node.'),
]

export const approvalColumns: readonly Column[] = [
  text('Run', '.spec.runName', 'The run.'),
  text('Decision', '.spec.decision', 'Yes or no.'),
  text('By', '.spec.approver', 'Who decided.'),
  age,
  wideText('Policy', '.spec.policyName', 'The policy of the run.'),
  wideText('Plan', '.spec.planHash', 'The plan that was read.'),
  wideText('Reason', '.spec.reason', 'Why.'),
]

export const ledgerColumns: readonly Column[] = [
  text('Breaker', clusterBreaker('state'), 'State of the breaker of the cluster; empty: closed.'),
  text('Trip', clusterBreaker('tripID'), 'Id of its trip.'),
  age,
  wideText('Policies', '.spec.breakers[*].scope', 'A policy whose breaker is not closed.'),
]
