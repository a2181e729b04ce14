import type { Plan } from '../plan/plan.ts'
import { type Report, simulate } from '../simulation/simulate.ts'
import { Marks } from './marks.ts'

/** What one seed has reached, with the pairs of what was at stake and what went wrong. */
export interface Covered {
  readonly seed: number
  readonly failure: string | undefined
  readonly marks: readonly string[]
}

export async function cover(plan: Plan): Promise<Covered> {
  const marks = new Marks()
  const report = await simulate(plan, { onHappening: (happening) => marks.take(happening) })
  const met = [...report.faults.keys()]
  const stakes = marks.all.flatMap((mark) => (mark.startsWith('exercised/') ? [mark.slice('exercised/'.length)] : []))
  return {
    seed: plan.seed,
    failure: report.failure && `${report.failure.kind}: ${report.failure.message}`,
    marks: [
      ...marks.all,
      ...met.map((fault) => `fault/${fault}`),
      ...stakes.flatMap((invariant) => met.map((fault) => `pair/${invariant} ${fault}`)),
      ...plan.stories.map(({ kind }) => `story/${kind}`),
      ...actorsIn(report),
    ],
  }
}

/** Who is in the plan and has left a word in the trace. */
const actorsIn = ({ plan, trace }: Report): readonly string[] =>
  Object.keys(plan.actors)
    .filter((name) => trace.some((line) => line.includes(`  ${name}: `)))
    .map((name) => `actor/${name}`)
