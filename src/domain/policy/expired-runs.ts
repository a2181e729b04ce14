import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'

/** Finished runs that the policy no longer keeps, oldest first. A run that is open, or whose end is not known, is never one. */
export function expiredRuns(
  runs: readonly NodeRemediation[],
  { keep, maxAgeSeconds }: PolicySpec['history'],
  now: Instant,
): readonly NodeRemediation[] {
  const finished = runs
    .flatMap((run) => {
      const endedAt = run.status.step?.name === 'Done' ? parseTime(run.status.completionTime) : undefined
      return endedAt === undefined ? [] : [{ run, endedAt }]
    })
    .toSorted((left, right) => right.endedAt - left.endedAt)
  return finished
    .filter(({ endedAt }, place) => place >= keep || now - endedAt > seconds(maxAgeSeconds))
    .map(({ run }) => run)
    .toReversed()
}
