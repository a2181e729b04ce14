import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Plan } from '../sim/plan/plan.ts'
import { scenarios } from '../sim/scenarios/scenarios.ts'
import { planOfSeed } from '../sim/simulation/plan-of-seed.ts'
import { type Report, simulate } from '../sim/simulation/simulate.ts'
import { commitIn } from './simulator/commit.ts'
import { forbidRealWorld } from './simulator/forbid-real-world.ts'
import { playSeeds } from './simulator/play-seeds.ts'
import { Tally } from './simulator/tally.ts'

const exitCodes = { Crash: 3, Unsafe: 4, Stuck: 5 } as const
const usage = `usage: npm run sim -- FIRST COUNT [--workers N] [--keep-going]
                                       seeds FIRST, FIRST+1, …; stops at the first that fails, or lists all that fail
       npm run sim -- plan SEED        what a seed stands for, as JSON
       npm run sim:replay -- SEED      one seed, scenario or file with a plan as a story; played twice: both must give one trace hash`
const progressEvery = 25

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { workers: { type: 'string', default: '2' }, 'keep-going': { type: 'boolean', default: false } },
  })
  const [first = '1', second = '20'] = positionals
  if (first === 'replay') return await replay(planFrom(second))
  if (first === 'plan') {
    console.log(JSON.stringify(planFrom(second), undefined, 2))
    return 0
  }
  const numbers = [first, second, values.workers].map(Number)
  if (numbers.some((number) => !Number.isInteger(number) || number < 1)) {
    console.error(usage)
    return 2
  }
  const [from = 1, count = 1, workers = 1] = numbers
  return await simulateMany({ first: from, count, workers: Math.min(workers, count) }, values['keep-going'])
}

async function simulateMany(
  range: { readonly first: number; readonly count: number; readonly workers: number },
  keepsGoing: boolean,
): Promise<number> {
  const startedAt = performance.now()
  const elapsedMs = (): number => performance.now() - startedAt
  const tally = new Tally()
  const failed: Report[] = []
  await playSeeds(range, (report) => {
    tally.add(report)
    if (report.failure !== undefined) {
      failed.push(report)
      if (keepsGoing) console.log(failureLine(report))
    }
    if (tally.seeds % progressEvery === 0)
      console.log(`seed ${report.plan.seed}: ${(elapsedMs() / tally.seeds).toFixed(0)} ms a seed`)
    return keepsGoing || failed.length === 0
  })
  for (const line of tally.lines) console.log(line)
  const [worst] = failed
  if (worst !== undefined) {
    if (keepsGoing) console.log(`${failed.length} of ${tally.seeds} seeds failed`)
    return complain(worst)
  }
  console.log(`${range.count} seeds from ${range.first}: all safe, all healed, ${(elapsedMs() / 1_000).toFixed(1)} s`)
  return 0
}

/** A seed, a scenario, or a file with a plan. */
function planFrom(word: string): Plan {
  const scenario = scenarios[word]
  if (scenario !== undefined) return scenario
  // The plan is our own, printed by `plan` or by the shrinker: what is wrong with it fails where it is used.
  return /^\d+$/.test(word) ? planOfSeed(Number(word)) : (JSON.parse(readFileSync(word, 'utf8')) as Plan)
}

async function replay(plan: Plan): Promise<number> {
  forbidRealWorld()
  const report = await simulate(plan)
  const again = await simulate(plan)
  console.log(report.trace.join('\n'))
  console.log(`seed ${plan.seed}: trace ${report.traceHash}, again ${again.traceHash}`)
  console.log(`ends: ${report.outcomes.join(', ')}`)
  if (report.traceHash !== again.traceHash) {
    console.error(`seed ${plan.seed} does not repeat itself`)
    return exitCodes.Crash
  }
  return report.failure === undefined ? 0 : complain(report)
}

function complain(report: Report): number {
  if (report.failure === undefined) return 0
  console.error(report.trace.slice(-15).join('\n'))
  console.error(
    `${failureLine(report)}\ncommit ${commitIn(process.cwd())}; read it with: npm run sim:replay -- ${report.plan.seed}`,
  )
  return exitCodes[report.failure.kind]
}

const failureLine = ({ plan: { seed }, failure }: Report): string =>
  `seed ${seed}: ${failure?.kind ?? ''}: ${failure?.message ?? ''}`

process.exitCode = await main()
