import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { keyedBy, kindOf, noStatus, objectName, oneOf, type Stored, text, time } from './schema.ts'

/** The one ledger of a cluster. */
export const ledgerName = 'cluster'

const slotSchema = z
  .object({
    runUID: text(64, 'UID of the run that holds it.').min(1),
    runName: objectName('Name of that run.'),
    policyName: objectName('Policy of that run.'),
    nodeName: objectName('Node that is disrupted.'),
    nodeUID: text(64, 'UID of that node.').min(1),
    class: oneOf(['Fault', 'Load'], 'Class of the diagnosis.'),
    domains: z
      .array(z.object({ topologyKey: text(316, 'Label.'), value: text(63, 'Its value on the node.') }))
      .max(4)
      .default([])
      .describe('Topology domains of the node.'),
    claimTime: time('When it was taken.'),
    plan: text(64, 'Hash of diagnosis and ladder: the first run of a new one is its canary.').optional(),
  })
  .describe('The right to disrupt one node.')

const startSchema = z
  .object({
    runUID: text(64, 'UID of the run.').min(1),
    runName: objectName('Name of the run.'),
    policyName: objectName('Policy of the run.'),
    nodeName: objectName('Node.'),
    nodeUID: text(64, 'UID of the node.').min(1),
    startTime: time('When the run took its first slot.'),
    attempt: z.boolean().default(true).describe('Whether the run reached Cordoning: then it counts as an attempt.'),
    retries: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('How often people sent it back to its first rung: each time is one attempt more.'),
    endTime: time('When the run gave its last slot back.').optional(),
    verdict: oneOf(
      ['Helped', 'Failed'],
      'Whether its treatments helped. Left out: it is under way, or treated nothing.',
    ).optional(),
    verdictTime: time(
      'When that was seen. A run that waits for people ends later. Left out: when it ended.',
    ).optional(),
  })
  .describe('One run that was started.')

const breakerSchema = z
  .object({
    scope: text(253, 'Name of the policy; empty for the cluster.'),
    state: oneOf(
      ['Open', 'Cooling', 'HalfOpen', 'Acknowledged'],
      'A breaker that is not listed is closed. Acknowledged: closed by a person, and listed until its cause is gone.',
    ),
    tripID: text(128, 'Id of the trip.').min(1),
    tripTime: time('When it tripped.'),
    coolingSince: time('Since when the cause is gone.').optional(),
    canaryRunUID: text(64, 'UID of the run that tries it out.').optional(),
    ledgerUID: text(64, 'UID of the ledger whose coming it is, where that is what tripped it.').optional(),
    input: oneOf(['MaxUnhealthy', 'CorrelatedFailures', 'FailedRuns', 'LedgerReplaced'], 'What tripped it.'),
    message: text(512, 'At which figures.'),
    figure: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe(
        'The count that tripped it. Once it is acknowledged, only one larger by more than a quarter trips anew.',
      ),
  })
  .describe('A breaker that has tripped.')

const provenSchema = z
  .object({
    plan: text(64, 'Hash of diagnosis and ladder.').min(1),
    policyName: objectName('Policy.'),
    diagnosis: text(63, 'Name of the diagnosis.'),
    provenTime: time('When a run of it was last verified.'),
  })
  .describe('A ladder that has helped once, as it stands.')

export const ledgerSpecSchema = z
  .object({
    slots: z.array(slotSchema).max(200).default([]).meta(keyedBy('runUID', 'Who disrupts what.')),
    starts: z.array(startSchema).max(1000).default([]).meta(keyedBy('runUID', 'Runs that were started, oldest first.')),
    breakers: z
      .array(breakerSchema)
      .max(100)
      .default([])
      .meta(keyedBy('scope', 'Breakers that have tripped: those not closed yet, and those acknowledged.')),
    proven: z.array(provenSchema).max(200).default([]).meta(keyedBy('plan', 'Ladders whose canary was verified.')),
  })
  .describe('Who disrupts what, who started when, which breaker is open. Written by machines, by compare-and-swap.')

export type LedgerSpec = DeepReadonly<z.output<typeof ledgerSpecSchema>>
export type Slot = LedgerSpec['slots'][number]
export type Start = LedgerSpec['starts'][number]
export type Breaker = LedgerSpec['breakers'][number]
export type Proven = LedgerSpec['proven'][number]
export type DisruptionLedger = Stored<LedgerSpec, Record<string, never>>

export const ledgerKind = kindOf<LedgerSpec, Record<string, never>>(
  { kind: 'DisruptionLedger', plural: 'disruptionledgers' },
  ledgerSpecSchema,
  noStatus,
)
