import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
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
} from './schema.ts'

const signalStateSchema = z
  .object({
    name: text(63, 'Name of the signal in its policy.'),
    state: oneOf(['True', 'False', 'Unknown'], 'What is believed.'),
    since: time('When we first saw this state.'),
    holdUntil: time('When its hold ends, if it stays True.').optional(),
    reason: text(64, 'Why it is Unknown.').optional(),
    message: text(512, 'What the source said.'),
  })
  .describe('One claim about the node.')

const diagnosisStateSchema = z
  .object({
    name: text(63, 'Name of the diagnosis.'),
    class: oneOf(['Fault', 'Load'], 'Its class.'),
    urgency: oneOf(['Immediate', 'Deferrable'], 'Its urgency.'),
    confidence: oneOf(confidences, 'How sure it is.').default('High'),
    sentence: text(256, 'What its policy says about the fault.').optional(),
    since: time('When it first matched in this episode.'),
    episode: text(64, 'Tells this bout from earlier ones of the same node.'),
    message: text(512, 'Which signals made it.'),
  })
  .describe('The fault that the signals amount to.')

export const healthSpecSchema = z
  .object({
    node: z
      .object({
        name: objectName('Name of the Node.'),
        uid: text(64, 'Its UID: a node recreated under the same name is another.'),
      })
      .describe('Whom this is about.'),
    policyName: objectName('The policy that would act.').optional(),
  })
  .describe('Whom this is about. Machine-only.')

export const healthStatusSchema = z
  .object({
    conditions: conditionsSchema.default([]),
    signals: z.array(signalStateSchema).max(64).default([]).describe('Claims that are not plainly False.'),
    diagnosis: diagnosisStateSchema.optional(),
    gates: gateAnswersSchema.default([]),
    changes: z
      .array(time('When the diagnosis came or went.'))
      .max(40)
      .default([])
      .describe(
        'How often the diagnosis came and went within the last hour, the oldest first. Kept for nodes that return.',
      ),
    otherPolicies: z
      .array(z.object({ policyName: text(253, 'Policy.'), reason: text(64, 'Its headline.') }))
      .max(16)
      .default([])
      .describe('Other policies that select the node, each with its headline.'),
  })
  .describe('What is believed about the node.')

export type HealthSpec = DeepReadonly<z.output<typeof healthSpecSchema>>
export type HealthStatus = DeepReadonly<z.output<typeof healthStatusSchema>>
export type SignalState = HealthStatus['signals'][number]
export type DiagnosisState = NonNullable<HealthStatus['diagnosis']>
/** Exists only while the node is not plainly healthy. Bears the name of the node. */
export type NodeHealth = Stored<HealthSpec, HealthStatus>

export const healthKind = kindOf<HealthSpec, HealthStatus>(
  { kind: 'NodeHealth', plural: 'nodehealths' },
  healthSpecSchema,
  healthStatusSchema,
)
