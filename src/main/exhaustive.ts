import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Share, Told } from '../sim/exhaustive/enumerate.ts'
import { Summary } from '../sim/exhaustive/summary.ts'
import { tell } from './simulator/tell.ts'

const exitCodes = { Failed: 4, Usage: 2 } as const
const usage = `usage: npm run sim:exhaustive -- [--story NAME] [--stride N [--offset M]] [--workers N]
       every crash point of every story, and with each effect every single fault; a stride takes every N-th request only,
       beginning with the M-th, from 0`
const shownMax = 20
const progressEveryMs = 30_000

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      story: { type: 'string' },
      stride: { type: 'string', default: '1' },
      offset: { type: 'string', default: '0' },
      workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    },
  })
  const [stride, offset, workers] = [values.stride, values.offset, values.workers].map(Number)
  if (!isCount(stride, 1) || !isCount(offset, 0) || !isCount(workers, 1) || offset >= stride) {
    console.error(usage)
    return exitCodes.Usage
  }
  const story = values.story === undefined ? {} : { story: values.story }
  const shares = Array.from({ length: workers }, (_, worker): Share => ({ worker, workers, stride, offset, ...story }))
  return await enumerateAll(shares)
}

const isCount = (value: number | undefined, least: number): value is number =>
  value !== undefined && Number.isInteger(value) && value >= least

async function enumerateAll(shares: readonly Share[]): Promise<number> {
  const startedAt = performance.now()
  const elapsedMs = (): number => performance.now() - startedAt
  const summary = new Summary()
  const take = (told: Told): void => {
    summary.take(told)
    if (told.kind !== 'Ran' || told.failure === undefined || summary.failed.length > shownMax) return
    console.error(`${told.name}: ${told.failure.problem}`)
  }
  const progress = setInterval(() => console.log(summary.progress(elapsedMs())), progressEveryMs)
  await Promise.all(shares.map(async (share) => await run(share, take)))
  clearInterval(progress)
  return conclude(summary, elapsedMs())
}

function conclude(summary: Summary, elapsedMs: number): number {
  const { runs, failed, table } = summary
  const lasted = `${(elapsedMs / 1_000).toFixed(0)} s`
  console.log(table.join('\n'))
  if (failed.length === 0) {
    console.log(`${runs} runs: all safe, all healed, to everybody the same was done as undisturbed, ${lasted}`)
    return 0
  }
  console.error(JSON.stringify(failed[0]?.failure?.plan))
  console.error(
    `${failed.length} of ${runs} runs failed, ${lasted}; the plan above is the first: npm run sim:replay -- FILE`,
  )
  return exitCodes.Failed
}

async function run(share: Share, take: (told: Told) => void): Promise<void> {
  const thread = new Worker(new URL('./exhaustive/worker.ts', import.meta.url))
  await new Promise<void>((resolve, reject) => {
    thread.on('error', reject)
    thread.on('message', (message: Told | 'done') => (message === 'done' ? resolve() : take(message)))
    tell(thread, share)
  })
  await thread.terminate()
}

process.exitCode = await main()
