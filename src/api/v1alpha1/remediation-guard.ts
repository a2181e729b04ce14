import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { conditionsSchema, gateAnswersSchema, intOrPercent, kindOf, type Stored, seconds, text } from './schema.ts'

/** The one guard of a cluster. */
export const guardName = 'cluster'

/** Labels that say which pool a node is of, by who makes the pools. */
const domainLabels = [
  'topology.kubernetes.io/zone',
  'karpenter.sh/nodepool',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
  'node.cluster.x-k8s.io/pool',
]

const correlatedFailuresSchema = z
  .object({
    minNodes: z
      .int()
      .min(2)
      .max(1000)
      .default(3)
      .describe('So many nodes of one domain that fall ill with a Fault within the window trip the breaker.'),
    minPercent: z
      .int()
      .min(1)
      .max(100)
      .default(20)
      .describe('Only if they are at least this part of the domain: three of five thousand have nothing in common.'),
    windowSeconds: seconds(60, 86_400, 'The window.').default(600),
    domainLabels: z.array(text(316, 'Label whose value names the domain.').min(1)).max(16).default(domainLabels).meta({
      description: 'What makes a domain. Nodes of one kernel, and of one OS image, always are one.',
      'x-kubernetes-list-type': 'set',
    }),
    darkZonePercent: z
      .int()
      .min(1)
      .max(100)
      .default(55)
      .describe('A zone with more than two nodes, and this part of all, not Ready is dark: nothing starts anywhere.'),
  })
  .describe('When failures are taken for one failure.')

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
    correlatedFailures: correlatedFailuresSchema.prefault({}),
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
    nodes: z
      .int()
      .min(0)
      .optional()
      .describe('Nodes that any policy selects, as last believed: a list that is much shorter is in doubt.'),
    gates: gateAnswersSchema.default([]),
  })
  .describe('What the operator says of the cluster.')

export type GuardSpec = DeepReadonly<z.output<typeof guardSpecSchema>>
export type CorrelatedFailures = GuardSpec['correlatedFailures']
export type GuardStatus = DeepReadonly<z.output<typeof guardStatusSchema>>
export type RemediationGuard = Stored<GuardSpec, GuardStatus>

export const guardKind = kindOf<GuardSpec, GuardStatus>(
  { kind: 'RemediationGuard', plural: 'remediationguards' },
  guardSpecSchema,
  guardStatusSchema,
)
