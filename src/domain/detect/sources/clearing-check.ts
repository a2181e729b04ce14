import type { Signal } from '../../../api/v1alpha1/signal.ts'
import { type Instant, instant, type Mono } from '../../../kernel/time.ts'
import { passesHealthCheck } from '../health-check.ts'
import type { ClearedAnswer, Clearing, Look } from './source.ts'

/** What the source says, and the check as well where the policy names one. */
export function andCheck({ clearedWhen }: Signal, seen: Clearing, answer: ClearedAnswer): ClearedAnswer {
  if (clearedWhen === undefined || !answer.cleared) return answer
  const check = passesHealthCheck(clearedWhen.healthCheck, seen)
  return { cleared: check.cleared, message: `${answer.message}; ${check.message}` }
}

/** A moment of our own clock as the cluster would have written it. */
export const instantOf = (at: Mono, { now, mono }: Pick<Look, 'now' | 'mono'>): Instant => instant(now - (mono - at))
