import { awaitsGrade, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'

interface Finished {
  readonly run: NodeRemediation
  readonly endedAt: Instant
}

/**
 * Finished runs that the policy no longer keeps, oldest first. A run that is open, or whose end or grade is not
 * known, is never one.
 */
export function expiredRuns(
  runs: readonly NodeRemediation[],
  { keep, maxAgeSeconds }: PolicySpec['history'],
  now: Instant,
): readonly NodeRemediation[] {
  const finished = runs
    .flatMap((run): readonly Finished[] => {
      const endedAt = run.status.step?.name === 'Done' ? parseTime(run.status.completionTime) : undefined
      return endedAt === undefined ? [] : [{ run, endedAt }]
    })
    .toSorted((left, right) => right.endedAt - left.endedAt)
  const remembered = lastUnanswered(finished)
  return finished
    .filter(
      ({ run, endedAt }, place) =>
        !awaitsGrade(run) && ((place >= keep && !remembered.has(run)) || now - endedAt > seconds(maxAgeSeconds)),
    )
    .map(({ run }) => run)
    .toReversed()
}

/** By these it is known when people may be asked again: one for each node, the latest. */
function lastUnanswered(finished: readonly Finished[]): ReadonlySet<NodeRemediation> {
  const last = new Map<string, NodeRemediation>()
  for (const { run } of finished) {
    const outcome = run.status.step?.outcome
    const isUnanswered = outcome === 'ApprovalExpired' || outcome === 'ApprovalRejected'
    const node = run.spec?.node.uid
    if (isUnanswered && node !== undefined && !last.has(node)) last.set(node, run)
  }
  return new Set(last.values())
}
