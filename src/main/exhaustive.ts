import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Share, Told } from '../sim/exhaustive/enumerate.ts'
import { tell } from './simulator/tell.ts'

const exitCodes = { Failed: 4, Usage: 2 } as const
const usage = `usage: npm run sim:exhaustive -- [--story NAME] [--stride N] [--workers N]
       every crash point of every story, and with each effect every single fault; a stride takes every N-th request only`
const shownMax = 20
const progressEvery = 500

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      story: { type: 'string' },
      stride: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    },
  })
  const [stride, workers] = [values.stride, values.workers].map(Number)
  if (stride === undefined || workers === undefined || !(stride >= 1) || !(workers >= 1)) {
    console.error(usage)
    return exitCodes.Usage
  }
  const story = values.story === undefined ? {} : { story: values.story }
  const shares = Array.from({ length: workers }, (_, worker): Share => ({ worker, workers, stride, ...story }))
  return await enumerateAll(shares)
}

async function enumerateAll(shares: readonly Share[]): Promise<number> {
  const startedAt = performance.now()
  const failed: Told[] = []
  let count = 0
  const take = (told: Told): void => {
    count += 1
    if (count % progressEvery === 0)
      console.log(`${count} runs, ${((performance.now() - startedAt) / count).toFixed(0)} ms a run`)
    if (told.problem === undefined) return
    failed.push(told)
    if (failed.length <= shownMax) console.error(`${told.name}: ${told.problem}`)
  }
  await Promise.all(shares.map(async (share) => await run(share, take)))
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
  if (failed.length === 0) {
    console.log(`${count} runs: all safe, all healed, nothing done twice, ${seconds} s`)
    return 0
  }
  console.error(JSON.stringify(failed[0]?.plan))
  console.error(
    `${failed.length} of ${count} runs failed, ${seconds} s; the plan above is the first: npm run sim:replay -- FILE`,
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
