import type { Outcome, QuarantineCause, StepRecord, TreatmentStage } from '../../api/v1alpha1/node-remediation.ts'
import { unreachable } from '../../kernel/assert.ts'
import { type Instant, parseTime, rfc3339 } from '../../kernel/time.ts'

/** Where a run stands. Each member holds exactly what is valid in it; what is stored is the flat `StepRecord`. */
export type Step =
  | (Waiting & { readonly name: 'Approving'; readonly deadline: Instant | undefined })
  | (Waiting & { readonly name: 'Claiming'; readonly deadline: Instant })
  | (Waiting & { readonly name: 'Cordoning'; readonly deadline: Instant })
  | (Waiting & { readonly name: 'Draining'; readonly deadline: Instant })
  | Treating
  | Verifying
  | (Common & { readonly name: 'Quarantined'; readonly cause: QuarantineCause })
  | (Common & { readonly name: 'Releasing'; readonly outcome: Outcome })
  | (Common & { readonly name: 'Done'; readonly outcome: Outcome })

interface Common {
  readonly since: Instant
  /** Value of `spec.retry` that has been honoured. */
  readonly retry: number
  /** Whether the run has reached Cordoning: from then on there may be something to give back, and it is an attempt. */
  readonly attempted: boolean
  /** Of the node when the last treatment began: only another one proves a boot. Empty before the first. */
  readonly bootID: string
}

interface Waiting extends Common {
  readonly rung: number
}

export type Treating = Waiting & {
  readonly name: 'Treating'
  readonly deadline: Instant
  readonly stage: TreatmentStage
  /** When the stage began. */
  readonly stageSince: Instant
  /** Number of the order, stored before it is given. */
  readonly attempt: number
  readonly claim: ClaimRef | undefined
  /** How the node job ended, kept while it is withdrawn: its own word goes with it. */
  readonly ended: JobEnd | undefined
}

export interface JobEnd {
  readonly worked: boolean
  /** In one sentence, for people. */
  readonly said: string
}

/** The NodeClaim that is given back, and the pool that has to bring the capacity back. */
interface ClaimRef {
  readonly name: string
  readonly uid: string
  readonly pool: string
}

type Verifying = Waiting & {
  readonly name: 'Verifying'
  readonly deadline: Instant
  /** Evidence must be newer than this. */
  readonly treatedAt: Instant
  /** The renewal of the lease that was seen first, and again when stability began: a later one proves that it renews. */
  readonly leaseRenewTime: string | undefined
  readonly stableSince: Instant | undefined
  /** When the node became Ready, in its own words, when stability began: another one, and it was unready in between. */
  readonly readyTime: string | undefined
  /** It has booted, and its power was never read Off by the rung: what it proves is none of our doing, for all we know. */
  readonly alone: boolean
}

export type StepNamed<Name extends Step['name']> = Extract<Step, { readonly name: Name }>

/** A run whose status is empty has just been created. Undefined: what is stored makes no sense, and nothing may act on it. */
export function stepOf(record: StepRecord | undefined, createdAt: Instant): Step | undefined {
  if (record === undefined) {
    return { name: 'Approving', since: createdAt, rung: 0, deadline: undefined, retry: 0, attempted: false, bootID: '' }
  }
  const { retry = 0, attempted = false, bootID = '', rung = 0 } = record
  const common = { since: parseTime(record.since) ?? createdAt, retry, attempted, bootID }
  const deadline = parseTime(record.deadline)
  if (record.name === 'Approving') return { ...common, name: record.name, rung, deadline }
  return deadline === undefined ? restingStep(record, common) : workingStep(record, { ...common, rung, deadline })
}

type Timed = Waiting & { readonly deadline: Instant }

function workingStep(record: StepRecord, timed: Timed): Step | undefined {
  switch (record.name) {
    case 'Claiming':
    case 'Cordoning':
    case 'Draining':
      return { ...timed, name: record.name }
    case 'Treating':
      return treatingOf(record, timed)
    case 'Verifying':
      return verifyingOf(record, timed)
    default:
      return undefined
  }
}

/** These wait without a deadline: for people, for clean-up, or for nothing. */
function restingStep({ name, cause, outcome }: StepRecord, common: Common): Step | undefined {
  switch (name) {
    case 'Quarantined':
      return cause && { ...common, name, cause }
    case 'Releasing':
    case 'Done':
      return outcome && { ...common, name, outcome }
    default:
      return undefined
  }
}

function treatingOf(record: StepRecord, timed: Timed): Treating | undefined {
  if (record.stage === undefined) return undefined
  const { claimName, claimUID, claimPool, worked, said = '' } = record
  return {
    ...timed,
    name: 'Treating',
    stage: record.stage,
    stageSince: parseTime(record.stageSince) ?? timed.since,
    attempt: record.attempt ?? 1,
    claim: claimName === undefined ? undefined : { name: claimName, uid: claimUID ?? '', pool: claimPool ?? '' },
    ended: worked === undefined ? undefined : { worked, said },
  }
}

const verifyingOf = (record: StepRecord, timed: Timed): Verifying => ({
  ...timed,
  name: 'Verifying',
  treatedAt: parseTime(record.treatedTime) ?? timed.since,
  leaseRenewTime: record.leaseRenewTime,
  stableSince: parseTime(record.stableSince),
  readyTime: record.readyTime,
  alone: record.alone ?? false,
})

/** The inverse of `stepOf`. */
export function recordOf(step: Step): StepRecord {
  const { name, since, retry, attempted, bootID } = step
  const common = { name, since: rfc3339(since), retry, attempted, ...(bootID === '' ? {} : { bootID }) }
  switch (step.name) {
    case 'Approving':
    case 'Claiming':
    case 'Cordoning':
    case 'Draining':
      return { ...common, rung: step.rung, ...timeField('deadline', step.deadline) }
    case 'Treating':
      return { ...common, rung: step.rung, ...timeField('deadline', step.deadline), ...treatingFields(step) }
    case 'Verifying':
      return { ...common, rung: step.rung, ...timeField('deadline', step.deadline), ...verifyingFields(step) }
    case 'Quarantined':
      return { ...common, cause: step.cause }
    case 'Releasing':
    case 'Done':
      return { ...common, outcome: step.outcome }
    default:
      return unreachable(step)
  }
}

const treatingFields = ({ stage, stageSince, attempt, claim, ended }: Treating): Partial<StepRecord> => ({
  stage,
  attempt,
  ...timeField('stageSince', stageSince),
  ...(claim === undefined ? {} : { claimName: claim.name, claimUID: claim.uid, claimPool: claim.pool }),
  ...ended,
})

const verifyingFields = ({ treatedAt, stableSince, leaseRenewTime, readyTime, alone }: Verifying) => ({
  ...timeField('treatedTime', treatedAt),
  ...timeField('stableSince', stableSince),
  ...(leaseRenewTime === undefined ? {} : { leaseRenewTime }),
  ...(readyTime === undefined ? {} : { readyTime }),
  ...(alone ? { alone } : {}),
})

type TimeField = 'deadline' | 'treatedTime' | 'stableSince' | 'stageSince'

const timeField = (name: TimeField, at: Instant | undefined): Partial<StepRecord> =>
  at === undefined ? {} : { [name]: rfc3339(at) }

/** The rung that is due; the first where the step belongs to none. */
export const rungOf = (step: Step): number => ('rung' in step ? step.rung : 0)
