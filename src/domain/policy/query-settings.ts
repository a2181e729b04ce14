import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { Issue } from '../../kernel/parsed.ts'
import { parsePromql, yieldsZeroOrOne } from './promql.ts'

type QuerySettings = NonNullable<Signal['query']>

/** What of a query no rule in the CRD can check. Paths begin at the signal. */
export function queryProblems({ query }: Pick<Signal, 'query'>): readonly Issue[] {
  if (query === undefined) return []
  const read = parsePromql(query.expr)
  return [
    ...(read.ok ? [] : read.issues.map(({ message }) => ({ path: 'query.expr', message }))),
    ...boolProblem(query),
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

/** Without a threshold a series is trouble, whatever its value. */
function boolProblem({ expr, above, below }: QuerySettings): readonly Issue[] {
  if (above !== undefined || below !== undefined || !yieldsZeroOrOne(expr)) return []
  const message = `\`${expr}\` has a series for every node, with 0 or 1, and a series is trouble: leave \`bool\` out`
  return [{ path: 'query.expr', message }]
}

function leavingProblem({ leavesAt, ...query }: QuerySettings): readonly Issue[] {
  const entered = enteredAt(query)
  if (leavesAt === undefined || entered === undefined) return []
  const { limit, isAbove, by } = entered
  if (isAbove ? leavesAt <= limit : leavesAt >= limit) return []
  const [most, side] = isAbove ? (['most', 'below'] as const) : (['least', 'above'] as const)
  const message = `${leavesAt} must be at ${most} ${by}: trouble is left ${side} where it begins`
  return [{ path: 'query.leavesAt', message }]
}

/** Where trouble begins, and by which words of the policy. */
function enteredAt({ expr, above, below }: QuerySettings) {
  if (above !== undefined) return { limit: above, isAbove: true, by: `\`above\` ${above}` }
  if (below !== undefined) return { limit: below, isAbove: false, by: `\`below\` ${below}` }
  const read = parsePromql(expr)
  const comparison = read.ok ? read.value.comparison : undefined
  if (comparison === undefined) return undefined
  const { limit, operator } = comparison
  return { limit, isAbove: operator.startsWith('>'), by: `the ${limit} of its comparison` }
}

function rangeProblem({ range }: QuerySettings): readonly Issue[] {
  if (range === undefined || range.stepSeconds <= range.windowSeconds) return []
  const message = `${range.stepSeconds} must be at most \`windowSeconds\` ${range.windowSeconds}`
  return [{ path: 'query.range.stepSeconds', message }]
}
