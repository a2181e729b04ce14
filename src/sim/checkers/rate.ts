import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import { hours } from '../../kernel/time.ts'
import { type Checker, guardOf, policyOf, type Truth } from './checker.ts'
import { type Start, Starts } from './claims.ts'
import { SpecHistory } from './spec-history.ts'

/** No more starts within an hour of true time than the limit, across restarts and leaders. */
export function rateHolds(): Checker {
  const starts = new Starts()
  const policies = new SpecHistory(policyKind.plural, policyOf)
  const guards = new SpecHistory(guardKind.plural, guardOf)
  const mostOf = (policyName: string, truth: Truth): number =>
    Math.max(
      0,
      ...policies
        .inForceSince(policyName, truth.now(), truth.policy(policyName))
        .map(({ limits }) => limits.maxPerHour),
    )
  const mostOfCluster = (truth: Truth): number =>
    Math.max(0, ...guards.inForceSince(guardName, truth.now(), truth.guard).map(({ maxPerHour }) => maxPerHour))
  return {
    invariant: 'I2',
    judge: (happening, truth) => {
      policies.take(happening, truth)
      guards.take(happening, truth)
      for (const { slot } of starts.take(happening, truth)) {
        const recent = starts.all.filter(({ at }) => truth.now() - at < hours(1))
        const own = recent.filter((start) => start.slot.policyName === slot.policyName)
        const complaint =
          tooFast(recent, mostOfCluster(truth), 'the cluster') ??
          tooFast(own, mostOf(slot.policyName, truth), slot.policyName)
        if (complaint !== undefined) return complaint
      }
      return undefined
    },
  }
}

const tooFast = (starts: readonly Start[], most: number, whose: string): string | undefined =>
  starts.length > most ? `${starts.length} runs of ${whose} began within an hour, ${most} are allowed` : undefined
