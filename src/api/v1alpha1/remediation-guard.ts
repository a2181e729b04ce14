import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { conditionsSchema, gateAnswersSchema, intOrPercent, kindOf, type Stored, seconds, text } from './schema.ts'

/** The one guard of a cluster. */
export const guardName = 'cluster'

export const guardSpecSchema = z
  .object({
    maxConcurrent: z
      .int()
      .min(0)
      .max(200)
      .default(10)
      .describe('How many nodes all policies together may disrupt at once.'),
    maxPerHour: z
      .int()
      .min(0)
      .max(1000)
      .default(30)
      .describe('How many runs of all policies may start within an hour.'),
    maxUnhealthy: intOrPercent('Above this number of nodes with a Fault, over all policies, nothing starts.').default(
      '20%',
    ),
    coolingSeconds: seconds(0, 86_400, 'How long the breaker cools after the share has fallen.').default(900),
    acknowledgedTrips: z
      .array(text(128, 'Id of a trip that a person has looked at.'))
      .max(32)
      .default([])
      .meta({ description: 'Trips that people have reset.', 'x-kubernetes-list-type': 'set' }),
  })
  .describe('Caps over all policies.')

export const guardStatusSchema = z
  .object({
    observedGeneration: z.int().min(0).optional().describe('The generation of the spec that this status speaks of.'),
    conditions: conditionsSchema.default([]),
    ledgerUID: text(64, 'UID of the ledger that holds the truth.').optional(),
    slots: z.int().min(0).optional().describe('Slots that are taken.'),
    gates: gateAnswersSchema.default([]),
  })
  .describe('What the operator says of the cluster.')

export type GuardSpec = DeepReadonly<z.output<typeof guardSpecSchema>>
export type GuardStatus = DeepReadonly<z.output<typeof guardStatusSchema>>
export type RemediationGuard = Stored<GuardSpec, GuardStatus>

export const guardKind = kindOf<GuardSpec, GuardStatus>(
  { kind: 'RemediationGuard', plural: 'remediationguards' },
  guardSpecSchema,
  guardStatusSchema,
)
