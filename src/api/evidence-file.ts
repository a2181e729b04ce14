import { z } from 'zod'
import type { DeepReadonly } from '../kernel/deep-readonly.ts'
import { podSymptoms } from './v1alpha1/signal-sources.ts'

/** What people record or imagine of a node, to see what their policies say of it: input of `prunella test-policy`. */

const texts = z.record(z.string(), z.string())
const status = z.enum(['True', 'False', 'Unknown'])

const condition = z.strictObject({
  type: z.string().min(1),
  status,
  reason: z.string().default(''),
  message: z.string().default(''),
  /** Whether its writer goes on repeating it. False: it is heard once, and grows old. */
  repeated: z.boolean().default(true),
})

const alert = z.strictObject({ name: z.string().min(1), labels: texts.default({}) })

const event = z.strictObject({
  reason: z.string().min(1),
  component: z.string().default(''),
  message: z.string().default(''),
  count: z.int().min(1).max(10_000).default(1),
})

const ailing = z.strictObject({
  symptom: z.enum(podSymptoms),
  pods: z.int().min(1).max(1_000),
  namespaces: z.int().min(1).max(100).default(2),
})

/** What a query answers for the node: numbers, one per series; no series at all; or nothing, because nobody answers. */
const answer = z.union([z.number(), z.array(z.number()).min(1), z.enum(['Absent', 'Unavailable'])])

const sourcesGiven = ['alerts', 'queries', 'events', 'pods', 'lease', 'boots'] as const

const expectation = z.strictObject({
  /** Name of the diagnosis; `None` where there is none, `Unknown` where nobody can tell. */
  diagnosis: z.string().min(1).optional(),
  /** Reason of the first of the node's own gates that does not pass; `None` where all pass. */
  gate: z.string().min(1).optional(),
  signals: z.record(z.string(), status).optional(),
})

const moment = z.strictObject({
  /** Seconds since the beginning. What is given holds from then on until it is given anew. */
  at: z.number().min(0).max(604_800),
  conditions: z.array(condition).optional(),
  /** All that fire for the node; an empty list: none. */
  alerts: z.array(alert).optional(),
  /** By name of the signal. */
  queries: z.record(z.string(), answer).optional(),
  /** That happen at this moment. */
  events: z.array(event).optional(),
  /** Pods that the kubelet evicts at this moment. */
  evictions: z.int().min(1).max(1_000).optional(),
  /** All that ail; an empty list: none. */
  ailingPods: z.array(ailing).optional(),
  lease: z.enum(['Renewed', 'Silent', 'Absent']).optional(),
  /** The node boots at this moment. */
  boot: z.literal(true).optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
  taints: z.array(z.string().min(1)).optional(),
  /** Sources that cannot be asked from now on; an empty list: all can. */
  unavailable: z.array(z.enum(sourcesGiven)).optional(),
  expect: expectation.optional(),
})

const evidenceCase = z.strictObject({
  name: z.string().min(1).max(200),
  node: z
    .strictObject({
      name: z.string().min(1).default('node-1'),
      /** Default: those that the first policy asks for. */
      labels: texts.optional(),
      /** How old the Node is at the beginning. */
      ageSeconds: z.int().min(0).default(86_400),
    })
    .prefault({}),
  /** What conditions say that a policy asks for and the script does not name: that all is well, or nothing, for nobody writes them. */
  otherConditions: z.enum(['Healthy', 'Missing']).default('Healthy'),
  script: z.array(moment).min(1).max(500),
})

export const evidenceFileSchema = z
  .strictObject({
    apiVersion: z.literal('prunella.dev/cli/v1'),
    kind: z.literal('Evidence'),
    cases: z.array(evidenceCase).min(1).max(500),
  })
  .superRefine(({ cases }, context) => {
    for (const [index, { script }] of cases.entries()) {
      const path = ['cases', index, 'script']
      const back = script.findIndex(({ at }, place) => at < (script[place - 1]?.at ?? 0))
      if (back !== -1)
        context.addIssue({ code: 'custom', path: [...path, back, 'at'], message: 'must not go back in time' })
      if (script.every(({ expect }) => expect === undefined))
        context.addIssue({ code: 'custom', path, message: 'must `expect` something at one moment at least' })
    }
  })

export type EvidenceFile = DeepReadonly<z.output<typeof evidenceFileSchema>>
export type EvidenceCase = EvidenceFile['cases'][number]
export type EvidenceMoment = EvidenceCase['script'][number]
export type Expectation = NonNullable<EvidenceMoment['expect']>
