import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { gradeSchema } from './grade.ts'
import {
  conditionsSchema,
  confidences,
  gateAnswersSchema,
  kindOf,
  objectName,
  oneOf,
  type Stored,
  text,
  time,
  withRules,
} from './schema.ts'
import { signalSchema } from './signal.ts'
import { treatmentSchema } from './treatment.ts'

export const stepNames = [
  'Approving',
  'Claiming',
  'Cordoning',
  'Draining',
  'Treating',
  'Verifying',
  'Quarantined',
  'Releasing',
  'Done',
] as const
export type StepName = (typeof stepNames)[number]

/** The reasons of the condition `Succeeded` once the run is over. */
export const outcomes = [
  'NodeRecovered',
  'NodeRelieved',
  'NodeReplaced',
  'RecoveredAlone',
  'TreatmentsExhausted',
  'DrainDeadlinePassed',
  'CordonNotSeen',
  'ApprovalExpired',
  'ApprovalRejected',
  'BudgetExhausted',
  'OtherActorActive',
  'Cancelled',
  'Superseded',
  'NodeGone',
  'WouldHaveActed',
  'PlanComplete',
  'PlanIncomplete',
] as const
export type Outcome = (typeof outcomes)[number]

/** Why a run waits for people. */
const quarantineCauses = [
  'TreatmentsExhausted',
  'DrainDeadlinePassed',
  'ApprovalExpired',
  'ApprovalRejected',
  'BudgetExhausted',
] as const
export type QuarantineCause = (typeof quarantineCauses)[number]

/** Where a treatment stands, for those that have stages. */
export const treatmentStages = [
  'Ordering',
  'Withdrawing',
  'PoweringOff',
  'ConfirmingOff',
  'PoweringOn',
  'Booting',
  'Deleting',
  'AwaitingReplacement',
  'Relieving',
  'AwaitingRelief',
  'Holding',
] as const
export type TreatmentStage = (typeof treatmentStages)[number]

/** Optional members: which of them a step has is the domain's to say (`domain/remediation/step.ts`). */
const stepSchema = z
  .object({
    name: oneOf(stepNames, 'Position in the run. Internal: scripts read conditions.'),
    since: time('When the step began.'),
    rung: z.int().min(0).max(7).optional().describe('Index of the rung in `spec.treatments`.'),
    deadline: time('When it gives way to the next.').optional(),
    stage: oneOf(treatmentStages, 'Where the treatment stands.').optional(),
    stageSince: time('When that stage began.').optional(),
    attempt: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('Number of the order that this step gives, written before it is given.'),
    attempted: z.boolean().optional().describe('Whether the run has reached Cordoning.'),
    bootID: text(128, 'Boot ID of the node when the treatment began; of a dry run, when it was judged.').optional(),
    treatedTime: time('When the treatment was seen to be done: evidence must be newer.').optional(),
    stableSince: time('Since when the node is Ready with a renewing lease.').optional(),
    leaseRenewTime: text(40, 'The renewal of the lease that was seen last.').optional(),
    readyTime: text(40, 'When the node became Ready, in its own words, when stability began.').optional(),
    alone: z
      .boolean()
      .optional()
      .describe('Verifying: the node has booted, and its power was never read Off by the rung.'),
    claimName: text(253, 'NodeClaim that is given back.').optional(),
    claimUID: text(64, 'Its UID.').optional(),
    claimPool: text(253, 'The pool that has to bring the capacity back.').optional(),
    worked: z.boolean().optional().describe('Whether the node job had its effect, once it is over.'),
    said: text(512, 'What the node job said at its end.').optional(),
    retry: z.int().min(0).optional().describe('Value of `spec.retry` that has been honoured.'),
    outcome: oneOf(outcomes, 'How the run ends.').optional(),
    cause: oneOf(quarantineCauses, 'Why people are waited for.').optional(),
    message: text(1024, 'Why the step was entered, in one sentence.').optional(),
  })
  .describe('Position of the run in its state machine.')

export type StepRecord = DeepReadonly<z.output<typeof stepSchema>>

const causeSchema = z
  .object({
    diagnosis: text(63, 'Name of the diagnosis; empty for a manual run.'),
    class: oneOf(['Fault', 'Load'], 'Its class.'),
    urgency: oneOf(['Immediate', 'Deferrable'], 'Its urgency.').default('Immediate'),
    confidence: oneOf(confidences, 'How sure it is. Low: people are asked before every rung.').default('High'),
    episode: text(64, 'Episode of the diagnosis.'),
    when: text(1024, 'The expression that matched; empty for a manual run.'),
    signals: z.array(signalSchema).max(32).default([]).describe('The signals of that expression.'),
    message: text(1024, 'What was seen, in one sentence.'),
    detectedTime: time('When the first of the signals was seen.'),
  })
  .describe('Why the run exists. Fixed, so that a later edit of the policy changes nothing under way.')

const fixed = [
  'self.node == oldSelf.node',
  'self.policyName == oldSelf.policyName',
  'self.cause == oldSelf.cause',
  'self.treatments == oldSelf.treatments',
  'self.dryRun == oldSelf.dryRun',
  'has(self.requestedBy) == has(oldSelf.requestedBy)',
  '(!has(self.requestedBy) || self.requestedBy == oldSelf.requestedBy)',
]

export const runSpecSchema = withRules(
  z
    .object({
      node: z
        .object({
          name: objectName('Name of the Node.'),
          uid: text(64, 'Its UID.').min(1),
          providerID: text(512, 'Its provider ID.').optional(),
          systemUUID: text(64, 'Its system UUID, which the BMC must confirm.').optional(),
        })
        .describe('Whom this is about.'),
      policyName: objectName('The policy that it acts for.'),
      cause: causeSchema,
      treatments: z.array(treatmentSchema).min(1).max(8).describe('The ladder, mildest rung first.'),
      dryRun: z.boolean().default(false).describe('A plan or a rehearsal: takes no slot and touches nothing.'),
      requestedBy: text(256, 'Who asked for a manual run.').optional(),
      cancel: z
        .object({
          reason: text(512, 'Why.').min(1),
          keepCordoned: z.boolean().default(false).describe('Whether the cordon stays and is from then on yours.'),
        })
        .optional()
        .describe('Ends the run at its next safe moment.'),
      retry: z.int().min(0).max(100).default(0).describe('Raise it to send a quarantined run back to its first rung.'),
    })
    .describe('One run on one node. Immutable but for `cancel` and `retry`.'),
  {
    rule: fixed.join(' && '),
    message: 'only `cancel` and `retry` may change after creation',
  },
  { rule: '!has(oldSelf.cancel) || has(self.cancel)', message: '`cancel` cannot be taken back', fieldPath: '.cancel' },
  { rule: 'self.retry >= oldSelf.retry', message: '`retry` must not become smaller', fieldPath: '.retry' },
)

const timelineEntrySchema = z
  .object({
    time: time('When.'),
    reason: text(64, 'Reason, as in the event of the same moment.'),
    message: text(512, 'What was seen.'),
  })
  .describe('One transition.')

const blockedSchema = z
  .object({
    reason: text(64, 'Why.'),
    message: text(512, 'Whose budget, with its figures.'),
    pods: z.array(z.string().max(317)).max(3).describe('Some of the pods.'),
    count: z.int().min(1).describe('How many pods.'),
  })
  .describe('Pods that cannot be moved for one reason.')

const leavingSchema = z
  .object({
    pod: z.string().max(317).describe('Its namespace and name.'),
    until: time('When its grace ends.'),
  })
  .describe('A pod that has been accepted and takes its time.')

const staysSchema = z
  .object({
    class: text(64, 'Why, in one word.'),
    count: z.int().min(1).describe('How many pods.'),
  })
  .describe('Pods that a drain leaves where they are.')

const drainStateSchema = z
  .object({
    total: z.int().min(0).describe('Pods that had to leave.'),
    gone: z.int().min(0).describe('Seen gone.'),
    waiting: z.int().min(0).default(0).describe('Free to go, and not accepted yet.'),
    terminating: z.int().min(0).describe('Accepted, not gone yet.'),
    leaving: z.array(leavingSchema).max(3).default([]).describe('Of those the ones with the longest grace.'),
    blocked: z.array(blockedSchema).max(5).default([]).describe('Refused, by reason.'),
    skipped: z.int().min(0).describe('DaemonSet, mirror and finished pods, which stay.'),
    stays: z.array(staysSchema).max(5).default([]).describe('The same by class.'),
  })
  .describe('How far the drain has come.')

export const runStatusSchema = z
  .object({
    observedGeneration: z.int().min(0).optional().describe('The generation of the spec that this status speaks of.'),
    step: stepSchema.optional(),
    conditions: conditionsSchema.default([]),
    treatment: text(63, 'Name of the rung that is due or under way.').optional(),
    planHash: text(64, 'Hash of node UID, treatments and evidence.').optional(),
    gates: gateAnswersSchema.default([]),
    drain: drainStateSchema.optional(),
    timeline: z.array(timelineEntrySchema).max(50).default([]).describe('Transitions, oldest first.'),
    startTime: time('When the run took its first slot.').optional(),
    completionTime: time('When the run was over.').optional(),
    grade: gradeSchema.optional(),
  })
  .describe('What the operator says of the run.')

export type RunSpec = DeepReadonly<z.output<typeof runSpecSchema>>
export type RunStatus = DeepReadonly<z.output<typeof runStatusSchema>>
export type DrainState = NonNullable<RunStatus['drain']>
export type TimelineEntry = RunStatus['timeline'][number]
/** One run on one node. */
export type NodeRemediation = Stored<RunSpec, RunStatus>

export const runKind = kindOf<RunSpec, RunStatus>(
  { kind: 'NodeRemediation', plural: 'noderemediations' },
  runSpecSchema,
  runStatusSchema,
)

/** A rehearsal that would have acted, and nobody knows yet what became of its node. A plan that people asked for gets no grade. */
export const awaitsGrade = ({ spec, status }: NodeRemediation): boolean =>
  spec?.dryRun === true &&
  status.step?.name === 'Done' &&
  status.step.outcome === 'WouldHaveActed' &&
  status.grade === undefined

/** A dry run neither acts nor counts. */
export const isOpen = (run: NodeRemediation): boolean => run.status.step?.name !== 'Done'
