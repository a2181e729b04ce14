import type { Plan } from '../plan/plan.ts'
import type { Report } from '../simulation/simulate.ts'
import { smallerPlans } from './smaller-plans.ts'

export interface Shrinking {
  /** Plays a plan. */
  readonly play: (plan: Plan) => Promise<Report>
  /** Told of every plan that is smaller and fails in the same way. */
  readonly onSmaller?: (report: Report) => void
  /** How many plans may be played. */
  readonly playsMax: number
}

/** The smallest plan that cutting piece after piece leads to, and that still breaks the same invariant. Undefined: it fails in no way. */
export async function shrink(plan: Plan, { play, onSmaller, playsMax }: Shrinking): Promise<Report | undefined> {
  let smallest = await play(plan)
  const wanted = failureOf(smallest)
  if (wanted === undefined) return undefined
  let plays = 0
  const next = async (): Promise<Report | undefined> => {
    for (const candidate of smallerPlans(smallest.plan)) {
      if (plays === playsMax) return undefined
      plays += 1
      const report = await play(candidate)
      if (failureOf(report) === wanted) return report
    }
    return undefined
  }
  for (let smaller = await next(); smaller !== undefined; smaller = await next()) {
    smallest = smaller
    onSmaller?.(smaller)
  }
  return smallest
}

/** Which invariant was broken; of a crash the words, without the numbers and names that change from plan to plan. */
export function failureOf({ failure }: Pick<Report, 'failure'>): string | undefined {
  if (failure === undefined) return undefined
  const invariant = /^[IL]\d+/.exec(failure.message)?.[0]
  return `${failure.kind} ${invariant ?? failure.message.slice(0, 160).replace(/[\d.]+|nr-\w+|burst-\w+/g, '')}`
}
