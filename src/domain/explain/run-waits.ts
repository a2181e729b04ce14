import { type Node, readyStatus } from '../../api/core/node.ts'
import type { NodeRemediation, StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { kindOfTreatment, type Treatment, type TreatmentKind } from '../../api/v1alpha1/treatment.ts'
import { durationInWords, type Instant, later, parseTime, rfc3339, seconds } from '../../kernel/time.ts'
import { approvalAsked } from '../policy/approval-asked.ts'
import { conditionOf } from './attention.ts'
import { orUnknown } from './or-unknown.ts'

/** What a run waits for, each as one sentence with its figures and with what would end the wait. Empty: it simply works. */
export function heldInWords({ status }: Pick<NodeRemediation, 'status'>): readonly string[] {
  const held = conditionOf(status.conditions, 'Held')
  if (held?.status !== 'True') return []
  const gates = status.gates.filter(({ result }) => result === 'Hold' || result === 'Unknown')
  const isNamed = gates.some(({ reason }) => reason === held.reason)
  return [...(isNamed ? [] : [`Held  ${held.reason}: ${held.message}`]), ...gates.map(gateInWords)]
}

export function gateInWords({ gate, result, reason, message, numbers, unblockedBy }: GateAnswer): string {
  const figures = Object.entries(numbers ?? {}).map(([name, figure]) => `${name} ${figure}`)
  return [
    `${result}  ${gate}  ${reason ?? ''}: ${message ?? ''}`,
    ...(figures.length === 0 ? [] : [`(${figures.join(', ')})`]),
    ...(unblockedBy === undefined ? [] : [`unblocks when: ${unblockedBy}`]),
  ].join(' ')
}

/** When the step gives way, and to what. Undefined: it waits for as long as it takes. */
export interface DeadlineSeen {
  readonly at: Instant
  /** What it then gives way to. */
  readonly next: string
}

export function deadlineOf(run: NodeRemediation, policy: PolicySpec | undefined): DeadlineSeen | undefined {
  const { step } = run.status
  if (step?.name === 'Approving') return approvalDeadline(run, step, policy)
  const at = parseTime(step?.deadline)
  return step === undefined || at === undefined ? undefined : { at, next: afterDeadline(run, step) }
}

function approvalDeadline(
  { spec, status }: NodeRemediation,
  { since, rung = 0 }: StepRecord,
  policy: PolicySpec | undefined,
): DeadlineSeen | undefined {
  if (policy === undefined || spec === undefined) return undefined
  if (conditionOf(status.conditions, 'Held')?.reason !== 'ApprovalRequired') return undefined
  const asked = approvalAsked(policy, spec.treatments[rung], spec.cause.confidence)
  const askedAt = parseTime(since)
  if (asked === undefined || askedAt === undefined) return undefined
  const ends = rung === 0 || asked.onExpiry === 'Release'
  const next = ends ? 'the run ends as ApprovalExpired' : quarantined
  return { at: later(askedAt, seconds(asked.timeoutSeconds)), next }
}

const quarantined = 'it is quarantined'

function afterDeadline({ spec }: NodeRemediation, { name, rung = 0, attempted }: StepRecord): string {
  const treatment = spec?.treatments[rung]
  const next = spec?.treatments[rung + 1]
  const onward = next === undefined ? quarantined : `rung ${next.name} is next`
  switch (name) {
    case 'Claiming':
      return rung === 0 && attempted !== true ? 'the run ends as BudgetExhausted' : quarantined
    case 'Cordoning':
      return 'the run ends as CordonNotSeen'
    case 'Draining':
      return `onDeadline: ${treatment?.drain.onDeadline ?? 'Quarantine'}`
    default:
      return onward
  }
}

/** `in 12m (2026-11-21T10:12:00.000Z), then rung power-cycle is next`. */
export function deadlineInWords({ at, next }: DeadlineSeen, now: Instant): string {
  const left = at - now
  const when = left < 0 ? `passed ${durationInWords(-left)} ago` : `in ${durationInWords(left)}`
  return `deadline ${when} (${rfc3339(at)}), then ${next}`
}

type InWords = (treatment: Treatment, anotherBoot: string) => string

const wanted: Readonly<Record<TreatmentKind | 'unknown', InWords>> = {
  freeDisk: ({ freeDisk }) => `disk use below ${orUnknown(freeDisk?.belowPercent)} %`,
  restartService: ({ restartService }) => `a new start time of ${orUnknown(restartService?.name)}`,
  relieve: ({ relieve }) => `load below ${orUnknown(relieve?.below)} for ${orUnknown(relieve?.holdSeconds)}s`,
  reboot: (_, anotherBoot) => anotherBoot,
  powerCycle: (_, anotherBoot) => `power read Off twice, then On, then ${anotherBoot}`,
  replace: () => 'the old Node gone, and its capacity back',
  external: ({ external }) => `success of the object made of template ${orUnknown(external?.templateName)}`,
  quarantine: () => 'none: it waits for people',
  unknown: () => '<unknown>: a newer release wrote this rung',
}

/** What would show that the treatment is done: nothing else counts. */
export const evidenceAsked = (treatment: Treatment, bootID: string | undefined): string =>
  wanted[kindOfTreatment(treatment)](treatment, `a boot ID other than ${orUnknown(bootID)}`)

/** Where a treatment stands, beside what the node says now. */
export function treatingInWords(
  { status, spec }: NodeRemediation,
  node: Node | undefined,
  now: Instant,
): readonly string[] {
  const { step } = status
  const treatment = spec?.treatments[step?.rung ?? 0]
  if (step === undefined || treatment === undefined) return []
  const stageSince = parseTime(step.stageSince)
  const stage = step.stage === undefined ? '' : `stage ${step.stage}`
  const since = stageSince === undefined || stage === '' ? '' : ` for ${durationInWords(now - stageSince)}`
  const order = step.attempt === undefined || stage === '' ? '' : `, order ${step.attempt}`
  return [
    ...(stage === '' ? [] : [`${stage}${since}${order}`]),
    `evidence wanted: ${evidenceAsked(treatment, step.bootID)}`,
    ...nodeInWords(node, step.bootID),
  ]
}

function nodeInWords(node: Node | undefined, bootID: string | undefined): readonly string[] {
  if (node === undefined) return []
  const boot = node.bootID !== '' && node.bootID === bootID ? 'the same boot ID' : `boot ID ${node.bootID || '<none>'}`
  return [`the node now: Ready ${readyStatus(node)}, ${boot}`]
}

/** How far the proof has come. */
export function verifyingInWords({ status, spec }: NodeRemediation, now: Instant): readonly string[] {
  const { step } = status
  const treatment = spec?.treatments[step?.rung ?? 0]
  if (step === undefined || treatment === undefined) return []
  const { stableSeconds } = treatment.verification
  const stableSince = parseTime(step.stableSince)
  const stable =
    stableSince === undefined
      ? `not healthy yet; it must then stay so for ${stableSeconds}s`
      : `healthy for ${durationInWords(now - stableSince)} of ${durationInWords(seconds(stableSeconds))}`
  const newer = step.treatedTime === undefined ? '' : `; evidence must be newer than ${step.treatedTime}`
  return [`${stable}${newer}`]
}
