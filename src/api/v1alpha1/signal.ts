import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { exactlyOneOf, mapOf, oneOf, seconds, signalName, text, withRules } from './schema.ts'

const nodeConditionSchema = z
  .object({
    type: text(316, 'Type of the Node condition, such as `Ready` or `KernelDeadlock`.').min(1),
    status: oneOf(['True', 'False', 'Unknown'], 'The status that means trouble.'),
  })
  .describe('A condition in the status of the Node.')

const alertSchema = z
  .object({
    name: text(256, 'The label `alertname`.').min(1),
    labels: mapOf(128, z.string().max(256), 'Labels that the alert must also carry.').optional(),
  })
  .describe('An alert that fires for the node, as Alertmanager lists it.')

const querySchema = z
  .object({
    expr: text(4096, 'PromQL whose result has one series per sick node.').min(1),
    absentMeans: oneOf(['Unknown', 'False'], 'What it means that the node has no series.').default('Unknown'),
  })
  .describe('An instant query to Prometheus.')

const evictionStormSchema = z
  .object({
    evictions: z.int().min(1).max(1000).describe('How many pods the kubelet must have evicted.'),
    windowSeconds: seconds(1, 86_400, 'Within which time.'),
  })
  .describe('Pods that the kubelet of the node evicted.')

const nodeEventSchema = z
  .object({
    reason: text(128, 'Reason of the Event about the Node.').min(1),
    count: z.int().min(1).max(1000).describe('How many of them.'),
    windowSeconds: seconds(1, 86_400, 'Within which time.'),
  })
  .describe('Events about the node, counted in a window.')

export const signalSchema = withRules(
  z
    .object({
      name: signalName('Name of the signal in `when`; a CEL identifier.'),
      holdSeconds: seconds(0, 86_400, 'How long it must be True, on our own clock since we first saw it.').default(0),
      freshnessSeconds: seconds(
        1,
        86_400,
        'Older evidence than this is Unknown. Default: what suits the source.',
      ).optional(),
      nodeCondition: nodeConditionSchema.optional(),
      alert: alertSchema.optional(),
      query: querySchema.optional(),
      evictionStorm: evictionStormSchema.optional(),
      nodeEvent: nodeEventSchema.optional(),
      clearedWhen: z
        .object({ healthCheck: oneOf(['Kubelet', 'Runtime', 'Network'], 'The check that must pass.') })
        .optional()
        .describe('How a latched signal is seen to have cleared.'),
    })
    .describe('One claim about a node.'),
  exactlyOneOf(['nodeCondition', 'alert', 'query', 'evictionStorm', 'nodeEvent'], 'a signal'),
)

export type Signal = DeepReadonly<z.output<typeof signalSchema>>

const signalSources = ['nodeCondition', 'alert', 'query', 'evictionStorm', 'nodeEvent'] as const
export type SignalSource = (typeof signalSources)[number]

/** The API server has seen to it that there is exactly one. */
export const sourceOf = (signal: Signal): SignalSource =>
  signalSources.find((source) => signal[source] !== undefined) ?? 'nodeCondition'
