import { z } from 'zod'
import { exactlyOneOf, mapOf, oneOf, seconds, text, withRules } from './schema.ts'

/** What a signal may listen to. One file of rules for each in `domain/detect/sources/`. */
const nodeConditionSchema = z
  .object({
    type: text(316, 'Type of the Node condition, such as `Ready` or `KernelDeadlock`.').min(1),
    status: oneOf(['True', 'False', 'Unknown'], 'The status that means trouble.'),
    reasonMatches: text(
      256,
      'Regular expression (RE2) that the reason or the message must match: several faults may share one condition.',
    )
      .min(1)
      .optional(),
    writers: z
      .array(text(128, 'Field manager, such as `node-problem-detector` or `kubelet`.').min(1))
      .min(1)
      .max(8)
      .optional()
      .describe('Field managers whose word counts, as `metadata.managedFields` names them. Default: anybody.'),
  })
  .describe('A condition in the status of the Node.')

const leaseSchema = z
  .object({
    silentSeconds: seconds(20, 86_400, 'How long the Lease must not have been renewed, on our own clock.').default(40),
  })
  .describe('The Lease of the kubelet: True while it is not renewed.')

const alertSchema = z
  .object({
    name: text(256, 'The label `alertname`.').min(1),
    labels: mapOf(128, z.string().max(256), 'Labels that the alert must also carry.').optional(),
    source: text(63, 'Name of the Alertmanager whose word counts. Default: any that is configured.').min(1).optional(),
    clearedBy: oneOf(
      ['RuleEvaluation'],
      'How its silence becomes evidence: every Prometheus that has its rule evaluated it after the treatment without finding ' +
        'fault with the node. Needs a Prometheus. Default: nothing does, and `clearedWhen` is needed where the node is kept.',
    ).optional(),
  })
  .describe('An alert that fires for the node, as Alertmanager lists it.')

const rangeSchema = z
  .object({
    windowSeconds: seconds(10, 86_400, 'How far back it looks.'),
    stepSeconds: seconds(1, 3_600, 'Distance of its samples.'),
    sharePercent: z.int().min(1).max(100).default(100).describe('How many of the samples must be in trouble.'),
  })
  .describe('Looks at a stretch of time and not at this moment alone.')

const querySchema = withRules(
  z
    .object({
      expr: text(4096, 'PromQL with one series per node: its value, or, without a threshold, one per sick node.').min(
        1,
      ),
      above: z.number().optional().describe('Trouble is a value above this.'),
      below: z.number().optional().describe('Trouble is a value below this.'),
      leavesAt: z
        .number()
        .optional()
        .describe(
          'Trouble, once seen, lasts until the value has passed this. Default: 0.7 times `above`, `below` / 0.7.',
        ),
      range: rangeSchema.optional(),
      absentMeans: oneOf(['Unknown', 'False'], 'What it means that the node has no series.').default('Unknown'),
      nodeLabel: text(128, 'Label that names the node. Default: those of the configuration of the operator.')
        .min(1)
        .optional(),
      source: text(63, 'Name of the Prometheus that is asked. Default: all that are configured.').min(1).optional(),
    })
    .describe('A query to Prometheus, asked once for all nodes.'),
  {
    rule: '!(has(self.above) && has(self.below))',
    message: 'must have at most one of `above` and `below`',
  },
  {
    rule: '!has(self.leavesAt) || has(self.above) || has(self.below)',
    message: 'must have `leavesAt` only with `above` or `below`',
  },
)

const evictionStormSchema = z
  .object({
    evictions: z.int().min(1).max(1000).describe('How many pods the kubelet must have evicted.'),
    windowSeconds: seconds(1, 86_400, 'Within which time.'),
  })
  .describe('Pods that the kubelet of the node evicted.')

const nodeEventSchema = z
  .object({
    reason: text(128, 'Reason of the Event about the Node.').min(1),
    component: text(128, 'Who must have reported it, such as `kubelet` or `kernel-monitor`. Default: anybody.')
      .min(1)
      .optional(),
    messageMatches: text(256, 'Regular expression (RE2) that its message must match.').min(1).optional(),
    count: z.int().min(1).max(1000).describe('How many of them.'),
    windowSeconds: seconds(1, 86_400, 'Within which time.'),
  })
  .describe('Events about the node, counted in a window.')

export const podSymptoms = [
  'CrashLooping',
  'ImagePullFailing',
  'CreatingStuck',
  'SandboxFailing',
  'TerminatingStuck',
] as const
export type PodSymptom = (typeof podSymptoms)[number]

const podSymptomSchema = z
  .object({
    symptom: oneOf(podSymptoms, 'What ails the pods.'),
    pods: z.int().min(1).max(1000).default(3).describe('How many pods of the node must show it at once.'),
    namespaces: z.int().min(1).max(100).default(2).describe('Of how many namespaces: one bad release is no sick node.'),
    stuckSeconds: seconds(10, 86_400, 'How long a pod must have been stuck to count.').default(600),
  })
  .describe('The same trouble of several pods on one node.')

const rebootSchema = z
  .object({
    count: z.int().min(1).max(100).default(3).describe('How many boots that were not ours.'),
    windowSeconds: seconds(60, 604_800, 'Within which time.').default(86_400),
  })
  .describe('Boots of the node, by its boot ID.')

const startupSchema = z
  .object({ timeoutSeconds: seconds(60, 86_400, 'How long a new Node may take to become Ready.').default(1_200) })
  .describe('A Node that has never become Ready.')

const noticeKinds = ['Termination', 'Maintenance', 'Rebalance'] as const
export type NoticeKind = (typeof noticeKinds)[number]

const noticeSchema = z
  .object({
    kinds: z
      .array(oneOf(noticeKinds, 'What the cloud announces.'))
      .min(1)
      .max(3)
      .default(['Termination', 'Maintenance'])
      .describe('Which notices count.'),
  })
  .describe('The cloud announces the end of the machine: taints, annotations, conditions and events of its handlers.')

export const signalSourceShape = {
  nodeCondition: nodeConditionSchema.optional(),
  lease: leaseSchema.optional(),
  alert: alertSchema.optional(),
  query: querySchema.optional(),
  evictionStorm: evictionStormSchema.optional(),
  nodeEvent: nodeEventSchema.optional(),
  podSymptom: podSymptomSchema.optional(),
  reboots: rebootSchema.optional(),
  startup: startupSchema.optional(),
  notice: noticeSchema.optional(),
}

export type SignalSource = keyof typeof signalSourceShape

export const signalSources = Object.keys(signalSourceShape) as readonly SignalSource[]

export const oneSource = exactlyOneOf(signalSources, 'a signal')
