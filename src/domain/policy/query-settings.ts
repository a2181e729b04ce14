import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { Issue } from '../../kernel/parsed.ts'
import { parsePromql } from './promql.ts'

type QuerySettings = NonNullable<Signal['query']>

/** What of a query no rule in the CRD can check. Paths begin at the signal. */
export function queryProblems({ query }: Pick<Signal, 'query'>): readonly Issue[] {
  if (query === undefined) return []
  const read = parsePromql(query.expr)
  return [
    ...(read.ok ? [] : read.issues.map(({ message }) => ({ path: 'query.expr', message }))),
    ...leavingProblem(query),
    ...rangeProblem(query),
  ]
}

/** Whether its silence could ever be read as health: a series that is only there in trouble shows none when it is gone. */
export function showsHealth({ expr, above, below, absentMeans }: QuerySettings): boolean {
  if (above !== undefined || below !== undefined || absentMeans === 'False') return true
  const read = parsePromql(expr)
  return read.ok && read.value.comparison !== undefined
}

function leavingProblem({ above, below, leavesAt }: QuerySettings): readonly Issue[] {
  if (leavesAt === undefined) return []
  const path = 'query.leavesAt'
  if (above !== undefined && leavesAt > above)
    return [{ path, message: `${leavesAt} must be at most \`above\` ${above}: trouble is left below where it begins` }]
  if (below !== undefined && leavesAt < below)
    return [{ path, message: `${leavesAt} must be at least \`below\` ${below}: trouble is left above where it begins` }]
  return []
}

function rangeProblem({ range }: QuerySettings): readonly Issue[] {
  if (range === undefined || range.stepSeconds <= range.windowSeconds) return []
  const message = `${range.stepSeconds} must be at most \`windowSeconds\` ${range.windowSeconds}`
  return [{ path: 'query.range.stepSeconds', message }]
}
