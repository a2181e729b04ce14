import { drawPlan } from '../sim/plan/draw-plan.ts'
import { type Report, simulate } from '../sim/simulation/simulate.ts'

const exitCodes = { Crash: 3, Unsafe: 4, Stuck: 5 } as const
const usage = `usage: npm run sim -- FIRST COUNT          seeds FIRST, FIRST+1, …; stops at the first that fails
       npm run sim:replay -- SEED          one seed as a story, run twice: both must give one trace hash`

/** Nothing simulated may look at the real clock or at chance, dependencies included. */
function forbidRealWorld(): void {
  const refuse = (what: string) => (): never => {
    throw new Error(`${what} was used in the simulation`)
  }
  Math.random = refuse('Math.random')
  Date.now = refuse('Date.now')
}

async function main(words: readonly string[]): Promise<number> {
  const [first, second = '20'] = words
  if (first === 'replay') return await replay(Number(second))
  if (first !== undefined && !/^\d+$/.test(first)) {
    console.error(usage)
    return 2
  }
  return await simulateMany(Number(first ?? '1'), Number(second))
}

async function simulateMany(first: number, count: number): Promise<number> {
  const startedAt = performance.now()
  const met = new Set<string>()
  const ends = new Map<string, number>()
  for (let seed = first; seed < first + count; seed += 1) {
    const report = await simulate(drawPlan(seed))
    if (report.failure !== undefined) return complain(report)
    for (const fault of report.faults.keys()) met.add(fault)
    for (const outcome of report.outcomes) ends.set(outcome, (ends.get(outcome) ?? 0) + 1)
    if (seed % 25 === 0)
      console.log(`seed ${seed}: ${((performance.now() - startedAt) / (seed - first + 1)).toFixed(0)} ms a seed`)
  }
  console.log(`faults met: ${[...met].toSorted().join(', ')}`)
  console.log(
    `ends: ${[...ends]
      .map(([outcome, times]) => `${outcome} ${times}`)
      .toSorted()
      .join(', ')}`,
  )
  console.log(
    `${count} seeds from ${first}: all safe, all healed, ${((performance.now() - startedAt) / 1_000).toFixed(1)}s`,
  )
  return 0
}

async function replay(seed: number): Promise<number> {
  const report = await simulate(drawPlan(seed))
  const again = await simulate(drawPlan(seed))
  console.log(report.trace.join('\n'))
  console.log(`seed ${seed}: trace ${report.traceHash}, again ${again.traceHash}; ends ${report.outcomes.join(', ')}`)
  if (report.traceHash !== again.traceHash) {
    console.error(`seed ${seed} does not repeat itself`)
    return exitCodes.Crash
  }
  return report.failure === undefined ? 0 : complain(report)
}

function complain({ plan: { seed }, failure, trace }: Report): number {
  if (failure === undefined) return 0
  console.error(trace.slice(-15).join('\n'))
  console.error(`seed ${seed}: ${failure.kind}: ${failure.message}\nread it with: npm run sim:replay -- ${seed}`)
  return exitCodes[failure.kind]
}

forbidRealWorld()
process.exitCode = await main(process.argv.slice(2))
