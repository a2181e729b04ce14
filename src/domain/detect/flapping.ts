import { isOpen, type NodeRemediation, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { type Instant, later, minutes } from '../../kernel/time.ts'

/**
 * Weighted state changes, as Nagios and Naemon count them: of 20 stretches in a row those in which the state changed, each with a
 * weight from 0.75 for the oldest to 1.25 for the newest. What returned because we treated it does not count: that is an attempt.
 */
const stretches = 20
const stretchMs = minutes(3)
const flapWindowMs = stretches * stretchMs

/** Flapping begins above the one and ends below the other. */
const highPercent = 20
const lowPercent = 5

/** More would tell nothing new: one change per stretch counts. */
const changesMax = 40
/** A node that got ill once and well again has not returned. */
const returningMin = 3

export interface Flaps {
  readonly changes: readonly Instant[]
  readonly percent: number
  readonly flapping: boolean
}

/** What the changes amount to; whether it was flapping before decides between the two thresholds. */
export function flapsOf(
  changes: readonly Instant[],
  { now, was }: { readonly now: Instant; readonly was: boolean },
): Flaps {
  const percent = flapPercent(changes, now)
  return { changes, percent, flapping: percent > (was ? lowPercent : highPercent) }
}

function flapPercent(changes: readonly Instant[], now: Instant): number {
  const changed = new Set(changes.filter((at) => isWithin(at, now)).map((at) => stretchOf(at, now)))
  const weights = [...changed].map((index) => 0.75 + (0.5 * index) / (stretches - 1))
  return (100 * weights.reduce((sum, weight) => sum + weight, 0)) / stretches
}

/** 0 is the oldest. A change in the future counts as one of now: a clock that was set back buys nothing. */
const stretchOf = (at: Instant, now: Instant): number =>
  stretches - 1 - Math.min(stretches - 1, Math.max(0, Math.floor((now - at) / stretchMs)))

const isWithin = (at: Instant, now: Instant): boolean => now - at < flapWindowMs

export interface Turn {
  readonly was: boolean
  readonly is: boolean
  /** Runs on this node. */
  readonly runs: readonly NodeRemediation[]
  readonly now: Instant
}

/** The changes of the last hour, with the one of this look. A bout that our treatment ended is taken out again. */
export function withTurn(changes: readonly Instant[], { was, is, runs, now }: Turn): readonly Instant[] {
  const recent = changes.filter((at) => isWithin(at, now))
  if (was === is) return recent.length === changes.length ? changes : recent
  // Whatever began stands last, so that what is taken out is its beginning and none before it.
  return is || !runs.some(isTreating) ? [...recent, now].slice(-changesMax) : recent.slice(0, -1)
}

const treatingSteps: readonly StepName[] = ['Treating', 'Verifying']

const isTreating = (run: NodeRemediation): boolean =>
  isOpen(run) && run.spec?.dryRun === false && treatingSteps.some((step) => step === run.status.step?.name)

/** Whether there is something that a restart must not forget. */
export const isReturning = (changes: readonly Instant[]): boolean => changes.length >= returningMin

/** When the next change is forgotten; for the next look. */
export const forgetsAt = (changes: readonly Instant[]): readonly Instant[] =>
  changes.map((at) => later(at, flapWindowMs))
