import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { freezeSchema, maintenanceWindowSchema } from './calendar.ts'
import { diagnosisRecordSchema } from './grade.ts'
import {
  conditionsSchema,
  confidences,
  gateAnswersSchema,
  intOrPercent,
  kebabName,
  keyedBy,
  kindOf,
  mapOf,
  oneOf,
  type Stored,
  seconds,
  text,
  time,
  withRules,
} from './schema.ts'
import { signalSchema } from './signal.ts'
import { signalSources } from './signal-sources.ts'
import { approvalSchema, treatmentSchema } from './treatment.ts'

const requirementSchema = withRules(
  z
    .object({
      key: text(316, 'Label.').min(1),
      operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'How the label is compared.'),
      values: z.array(z.string().max(63)).max(32).optional().describe('For `In` and `NotIn`.'),
    })
    .describe('One requirement on one label.'),
  {
    rule: "self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 : !has(self.values) || self.values.size() == 0",
    message: "must have `values` for the operators 'In' and 'NotIn', and none for 'Exists' and 'DoesNotExist'",
  },
)

const nodeSelectorSchema = withRules(
  z
    .object({
      matchLabels: mapOf(316, z.string().max(63), 'Labels with exactly these values.').optional(),
      matchExpressions: z.array(requirementSchema).max(16).optional().describe('Further requirements.'),
    })
    .describe('Which nodes opt in. All requirements must hold.'),
  {
    rule: '(has(self.matchLabels) && self.matchLabels.size() > 0) || (has(self.matchExpressions) && self.matchExpressions.size() > 0)',
    message:
      'must name at least one label in `matchLabels` or `matchExpressions`: an empty selector would select every node',
  },
)

const diagnosisSchema = z
  .object({
    name: kebabName('Name of the fault.'),
    class: oneOf(['Fault', 'Load'], 'Fault: the node itself is ill. Load: draining it removes what ails it.'),
    when: text(
      1024,
      'CEL over signal names and `node.*`; Unknown signals stay Unknown unless the other side decides.',
    ).min(1),
    urgency: oneOf(['Immediate', 'Deferrable'], 'Whether it may wait for a maintenance window.').default('Immediate'),
    confidence: oneOf(
      confidences,
      'How sure it is that the node itself is at fault. Low never acts by itself: people are asked, in mode Automatic too.',
    ).default('High'),
    sentence: text(256, 'What people read about the fault, such as `The kernel hangs and does not come back.`')
      .min(1)
      .optional(),
    treatments: z.array(z.string().min(1).max(63)).min(1).max(8).describe('Rungs of the ladder, mildest first.'),
  })
  .describe('One fault and its ladder.')

const limitsSchema = z
  .object({
    maxConcurrent: intOrPercent('How many nodes may be disrupted at once. 0 stops starts.').default(1),
    topologyLimits: z
      .array(
        z.object({
          topologyKey: text(316, 'Label whose value names the domain.').min(1),
          maxConcurrent: z.int().min(0).max(200).describe('How many of one domain at once.'),
        }),
      )
      .max(4)
      .default([])
      .meta(keyedBy('topologyKey', 'Limits per topology domain.')),
    maxPerHour: z.int().min(0).max(1000).default(6).describe('How many runs may start within an hour.'),
    cooldownSeconds: seconds(0, 2_592_000, 'How long a node is left alone after a run.').default(3_600),
    maxUnhealthy: intOrPercent('Above this number of selected nodes with a Fault nothing starts.').default('20%'),
    maxOverloaded: intOrPercent(
      'Above this number of selected nodes with a Load diagnosis no Load run starts.',
    ).default('20%'),
    canary: z
      .boolean()
      .default(true)
      .describe('Whether the first run of a new diagnosis or ladder must be verified before its second starts.'),
    minHealthy: z.int().min(0).max(15_000).default(1).describe('Selected nodes that must stay Ready and schedulable.'),
    spareNodes: z
      .int()
      .min(0)
      .max(5)
      .default(0)
      .describe(
        'How many more selected nodes that no pool brings back could be lost after the drain, with a place for all pods; 0: not asked.',
      ),
    attempts: z
      .object({
        max: z.int().min(1).max(20).default(3).describe('How many runs on one node.'),
        windowSeconds: seconds(60, 2_592_000, 'Within which time.').default(86_400),
      })
      .prefault({})
      .describe('How often one node may be treated.'),
  })
  .describe('How far the policy may go.')

const historySchema = z
  .object({
    keep: z
      .int()
      .min(1)
      .max(500)
      .default(50)
      .describe(
        'How many finished runs are kept; beyond it, of each node the last run that people have not said yes to.',
      ),
    maxAgeSeconds: seconds(3_600, 31_536_000, 'How long they are kept.').default(2_592_000),
  })
  .prefault({})
  .describe('What is kept of the past.')

/** What is kept of runs whose policy has gone. */
export const historyDefault: PolicySpec['history'] = historySchema.parse(undefined)

export const policySpecSchema = withRules(
  z
    .object({
      mode: oneOf(
        ['Observe', 'Approve', 'Automatic'],
        'Observe acts on nothing, Approve asks people, Automatic acts.',
      ).default('Observe'),
      priority: z.int().min(-1000).max(1000).default(0).describe('Of two acting policies on one node the higher acts.'),
      nodeSelector: nodeSelectorSchema,
      signals: z.array(signalSchema).min(1).max(32).meta(keyedBy('name', 'What may be sick.')),
      diagnoses: z
        .array(diagnosisSchema)
        .min(1)
        .max(16)
        .meta(keyedBy('name', 'Faults, the first that matches counts.')),
      treatments: z.array(treatmentSchema).min(1).max(16).meta(keyedBy('name', 'Named rungs.')),
      limits: limitsSchema.prefault({}),
      maintenanceWindows: z
        .array(maintenanceWindowSchema)
        .max(8)
        .default([])
        .describe('When Deferrable diagnoses may be treated.'),
      freezes: z.array(freezeSchema).max(16).default([]).describe('Times in which nothing starts.'),
      approval: approvalSchema.prefault({}),
      history: historySchema,
    })
    .describe('Which nodes, what is sick, what to do, how far it may go.'),
  {
    rule: 'self.diagnoses.all(d, d.treatments.all(t, self.treatments.exists(x, x.name == t)))',
    message: 'every entry of `diagnoses[*].treatments` must be the name of a rung in `treatments`',
    fieldPath: '.diagnoses',
  },
  {
    rule: `self.treatments.filter(x, has(x.quarantine)).all(x, self.diagnoses.all(d,
      !(x.name in d.treatments) || d.treatments[d.treatments.size() - 1] == x.name))`,
    message: 'a rung with `quarantine` must be the last of a ladder: nothing comes after it',
    fieldPath: '.diagnoses',
  },
)

const sourceStatusSchema = z
  .object({
    kind: z.enum(signalSources).describe('What its signals are made of.'),
    name: text(
      128,
      'As the configuration of the operator names it; `events`, `pods`, `boots` and `leases` need none.',
    ).min(1),
    state: oneOf(['Answering', 'Failing'], 'Whether it answers.'),
    since: time('Since when.'),
    message: text(512, 'Why it does not answer.').optional(),
    lastHeardTime: time(
      'When it was last heard before it fell silent. Left out: it answers, or was never heard.',
    ).optional(),
  })
  .describe('One source that signals of the policy rest on.')

const count = (description: string) => z.int().min(0).optional().describe(description)

export const policyStatusSchema = z
  .object({
    observedGeneration: z.int().min(0).optional().describe('The generation of the spec that this status speaks of.'),
    conditions: conditionsSchema.default([]),
    nodes: count('Nodes that the policy selects.'),
    unhealthy: count('Of these, nodes with a diagnosis of class Fault.'),
    overloaded: count('Of these, nodes with a diagnosis of class Load.'),
    held: count('Of these, nodes that a gate holds.'),
    active: count('Runs of the policy that are not finished, dry runs left out.'),
    gates: gateAnswersSchema.default([]),
    sources: z
      .array(sourceStatusSchema)
      .max(32)
      .optional()
      .describe('The sources that signals of the policy rest on, as far as the operator asks them itself.'),
    trackRecord: z
      .array(diagnosisRecordSchema)
      .max(32)
      .optional()
      .meta(keyedBy('diagnosis', 'How often acting would have been right, by diagnosis, over the runs that are kept.')),
  })
  .describe('What the operator says of the policy.')

export type PolicySpec = DeepReadonly<z.output<typeof policySpecSchema>>
export type PolicyStatus = DeepReadonly<z.output<typeof policyStatusSchema>>
export type SourceStatus = NonNullable<PolicyStatus['sources']>[number]
export type Diagnosis = PolicySpec['diagnoses'][number]
export type NodeRemediationPolicy = Stored<PolicySpec, PolicyStatus>

export const policyKind = kindOf<PolicySpec, PolicyStatus>(
  { kind: 'NodeRemediationPolicy', plural: 'noderemediationpolicies' },
  policySpecSchema,
  policyStatusSchema,
)
