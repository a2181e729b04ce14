import { z } from 'zod'
import type { DeepReadonly } from '../../kernel/deep-readonly.ts'
import { nodeServiceName } from '../node-services.ts'
import { exactlyOneOf, kebabName, oneOf, seconds, text, withRules } from './schema.ts'

/** How long a treatment may take before the next rung is due. */
const timeoutSeconds = (ordinary: number) =>
  seconds(1, 86_400, 'How long it may take before it counts as failed.').default(ordinary)

const kinds = {
  freeDisk: z
    .object({
      belowPercent: z
        .int()
        .min(1)
        .max(99)
        .default(80)
        .describe(
          'Use to get below, in percent of bytes and of inodes, on the fullest file system of kubelet and images.',
        ),
      timeoutSeconds: timeoutSeconds(600),
    })
    .describe(
      'Removes old logs, dead containers and unused images on the node, until its use is low enough. Evidence: use as measured after.',
    ),
  restartService: z
    .object({
      name: withRules(text(128, 'Name of the service on the node, such as `kubelet`.').min(1), {
        rule: `self.matches('${nodeServiceName.source}')`,
        message: "must be letters, digits, '@', '.', '_' and '-', beginning with a letter or digit, such as 'kubelet'",
      }),
      timeoutSeconds: timeoutSeconds(300),
    })
    .describe(
      'Restarts one service on the node. Evidence: it was started later than before, on the clock of its node.',
    ),
  relieve: z
    .object({
      load: z
        .object({ expr: text(4096, 'PromQL of the load of a node, as a ratio.').min(1) })
        .describe('How load is measured.'),
      below: z.number().gt(0).lte(1).describe('Load to reach, from 0 to 1.'),
      holdSeconds: seconds(0, 86_400, 'How long it must stay below.').default(300),
      timeoutSeconds: timeoutSeconds(1_800),
    })
    .describe('Moves the least important pods away until the load is below its target.'),
  reboot: z
    .object({
      bootTimeoutSeconds: seconds(1, 86_400, 'How long the node may take to come back with a new boot ID.').default(
        600,
      ),
    })
    .describe('Soft reboot, ordered on the node itself. Evidence: a new boot ID.'),
  powerCycle: z
    .object({
      bootTimeoutSeconds: seconds(1, 86_400, 'How long the node may take to come back with a new boot ID.').default(
        900,
      ),
    })
    .describe('Off, seen off twice, on, through the BMC. Evidence: a new boot ID.'),
  replace: z
    .object({
      provider: oneOf(['Karpenter', 'ClusterAPI'], 'Who brings the new machine.'),
      surge: z.boolean().default(false).describe('Whether the replacement comes before the drain.'),
      timeoutSeconds: timeoutSeconds(1_800),
    })
    .describe('Gives the machine back to its provider. Evidence: the old Node gone, the capacity back.'),
  quarantine: z.object({}).describe('Keeps the node cordoned for people. Always the last rung.'),
  external: z
    .object({
      templateName: text(253, 'Name of the template of the foreign object.').min(1),
      timeoutSeconds: timeoutSeconds(1_800),
    })
    .describe('Hands the node to a foreign remediator and waits for its verdict.'),
}

const treatmentKinds = [
  'freeDisk',
  'restartService',
  'relieve',
  'reboot',
  'powerCycle',
  'replace',
  'quarantine',
  'external',
] as const
export type TreatmentKind = (typeof treatmentKinds)[number]

const drainModes = ['Full', 'SkipIfNotReady', 'Skip'] as const

const drainSchema = z
  .object({
    mode: oneOf(
      drainModes,
      'Whether pods are moved away first. Left out: `Skip` for `freeDisk` and `restartService`, `Full` for all others.',
    ).optional(),
    deadlineSeconds: seconds(1, 86_400, 'How long to wait for disruption budgets.').default(1_800),
    onDeadline: oneOf(
      ['Quarantine', 'Release', 'Proceed'],
      'What then: wait for people, give the node back, or treat with the remaining pods in place. Proceed waives pods, never gates.',
    ).default('Quarantine'),
    doNotDisrupt: oneOf(
      ['Honor', 'Ignore'],
      'Whether pods stay that bear `karpenter.sh/do-not-disrupt: "true"` or `cluster-autoscaler.kubernetes.io/safe-to-evict: "false"`.',
    ).default('Honor'),
    localVolumes: oneOf(
      ['Keep', 'Evict'],
      'Whether pods stay that keep data on the node. Evict consents to its loss; `safe-to-evict: "true"` on a pod does so for that pod.',
    ).default('Keep'),
  })
  .describe('How pods leave before the treatment.')

const verificationSchema = withRules(
  z
    .object({
      stableSeconds: seconds(0, 86_400, 'How long the node must be Ready with a renewing lease.').default(60),
      timeoutSeconds: seconds(1, 86_400, 'How long the node may take to get there.').default(600),
    })
    .describe('How the success is proven.'),
  {
    // `has`: the API server holds the default `{}` to this rule before it fills the defaults within it
    rule: '!has(self.stableSeconds) || !has(self.timeoutSeconds) || self.stableSeconds < self.timeoutSeconds',
    message: '`stableSeconds` must be less than `timeoutSeconds`, or no node could ever pass',
  },
)

export const approvalSchema = z
  .object({
    required: z
      .int()
      .min(1)
      .max(5)
      .default(1)
      .describe('How many different people must say yes; 2 is the two-person rule.'),
    timeoutSeconds: seconds(60, 604_800, 'How long to wait for them.').default(1_800),
    onExpiry: oneOf(['Release', 'Quarantine'], 'What then.').default('Release'),
  })
  .describe('Whom to ask before the treatment.')

export const treatmentSchema = withRules(
  z
    .object({
      name: kebabName('Name of the rung.'),
      freeDisk: kinds.freeDisk.optional(),
      restartService: kinds.restartService.optional(),
      relieve: kinds.relieve.optional(),
      reboot: kinds.reboot.optional(),
      powerCycle: kinds.powerCycle.optional(),
      replace: kinds.replace.optional(),
      quarantine: kinds.quarantine.optional(),
      external: kinds.external.optional(),
      drain: drainSchema.prefault({}),
      verification: verificationSchema.prefault({}),
      approval: approvalSchema.optional(),
    })
    .describe('One rung of the ladder.'),
  exactlyOneOf(treatmentKinds, 'a treatment'),
)

export type Treatment = DeepReadonly<z.output<typeof treatmentSchema>>

/** What a drain takes into account of a pod beyond what the API server does. */
export type DrainRules = Pick<Treatment['drain'], 'doNotDisrupt' | 'localVolumes'>

/** The API server has seen to it that there is exactly one. Unknown: a newer release has written it, and nobody here can do it. */
export const kindOfTreatment = (treatment: Treatment): TreatmentKind | 'unknown' =>
  treatmentKinds.find((kind) => treatment[kind] !== undefined) ?? 'unknown'

/** Both leave the node up and its pods where they are. */
const inPlace: readonly (TreatmentKind | 'unknown')[] = ['freeDisk', 'restartService']

export const isInPlace = (treatment: Treatment): boolean => inPlace.includes(kindOfTreatment(treatment))

/** No default of the schema can look at the kind of the rung, so it is given here. */
export const drainModeOf = (treatment: Treatment): (typeof drainModes)[number] =>
  treatment.drain.mode ?? (isInPlace(treatment) ? 'Skip' : 'Full')

/** How long the treatment itself may take, in seconds. */
export function treatmentTimeoutSeconds(treatment: Treatment): number {
  const { freeDisk, restartService, relieve, reboot, powerCycle, replace, external } = treatment
  const booting = [reboot, powerCycle].find((kind) => kind !== undefined)
  const waiting = [freeDisk, restartService, relieve, replace, external].find((kind) => kind !== undefined)
  return booting?.bootTimeoutSeconds ?? waiting?.timeoutSeconds ?? 1
}
