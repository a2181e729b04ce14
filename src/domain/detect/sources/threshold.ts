import type { Signal } from '../../../api/v1alpha1/signal.ts'
import { type Comparison, parsePromql } from '../../policy/promql.ts'

export type QuerySettings = NonNullable<Signal['query']>

/** A value beyond which there is trouble. It is left elsewhere than it is entered, so that a value near it does not flap. */
export interface Threshold {
  readonly isEntered: (value: number) => boolean
  /** Whether trouble that was there lasts. */
  readonly stays: (value: number) => boolean
  readonly worse: (left: number, right: number) => number
  /** `above 0.9`, with where it is left. */
  readonly text: string
}

/** Where a little is bad it is left at this ratio upwards, where much is bad downwards. */
const leaveRatio = 0.7

/** Undefined: a series is trouble, whatever its value. */
export function thresholdOf(query: QuerySettings): Threshold | undefined {
  if (!known.has(query)) known.set(query, readThreshold(query))
  return known.get(query)
}

/** Every sample asks. */
const known = new WeakMap<QuerySettings, Threshold | undefined>()

function readThreshold(query: QuerySettings): Threshold | undefined {
  const comparison = comparisonOf(query)
  if (comparison === undefined) return undefined
  const { operator, limit } = comparison
  const isAbove = operator === '>' || operator === '>='
  const leavesAt = query.leavesAt ?? (isAbove ? lower(limit) : -lower(-limit))
  const beyond = (at: number) => (value: number) =>
    (isAbove ? value > at : value < at) || (operator.endsWith('=') && value === at)
  return {
    isEntered: beyond(limit),
    stays: beyond(leavesAt),
    worse: isAbove ? Math.max : Math.min,
    text: `${words[operator]} ${limit} (left at ${round(leavesAt)})`,
  }
}

/** What is asked: a comparison with a number is taken apart, so that health shows as well as trouble. */
export function askedExpr(query: QuerySettings): string {
  const read = parsePromql(query.expr)
  return read.ok && !hasOwnThreshold(query) ? read.value.expr : query.expr
}

function comparisonOf(query: QuerySettings): Comparison | undefined {
  if (query.above !== undefined) return { operator: '>', limit: query.above }
  if (query.below !== undefined) return { operator: '<', limit: query.below }
  const read = parsePromql(query.expr)
  return read.ok ? read.value.comparison : undefined
}

const hasOwnThreshold = ({ above, below }: QuerySettings): boolean => above !== undefined || below !== undefined

/** 100 is left at 70, and -70 at -100: further from trouble, whatever the sign. */
const lower = (limit: number): number => asWritten(limit >= 0 ? limit * leaveRatio : limit / leaveRatio)

/** 0.7 times 90 is 63, and not a little less. */
const asWritten = (value: number): number => Number(value.toPrecision(12))

const round = (value: number): number => Number(value.toPrecision(3))

const words = { '>': 'above', '>=': 'at least', '<': 'below', '<=': 'at most' } as const
