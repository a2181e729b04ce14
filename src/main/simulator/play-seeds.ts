import { Worker } from 'node:worker_threads'
import type { Report } from '../../sim/simulation/simulate.ts'
import { tell } from './tell.ts'

export interface SeedRange {
  readonly first: number
  readonly count: number
  readonly workers: number
}

/**
 * Plays seeds on several threads and hands out the reports in the order of the seeds, whoever is done first. Ends early when `take`
 * answers that it has seen enough. Rejects when a thread dies: that is a defect of the simulator.
 */
export async function playSeeds(
  { first, count, workers }: SeedRange,
  take: (report: Report) => boolean,
): Promise<void> {
  const threads = Array.from({ length: workers }, () => new Worker(new URL('./worker.ts', import.meta.url)))
  const early = new Map<number, Report>()
  let [next, due] = [first, first]
  try {
    await new Promise<void>((resolve, reject) => {
      const feed = (thread: Worker): void => {
        if (next >= first + count) return
        tell(thread, next)
        next += 1
      }
      const arrive = (report: Report): void => {
        early.set(report.plan.seed, report)
        for (let ready = early.get(due); ready !== undefined; ready = early.get(due)) {
          early.delete(due)
          due += 1
          if (!take(ready) || due === first + count) return resolve()
        }
      }
      for (const thread of threads) {
        thread.on('error', reject)
        thread.on('message', (report: Report) => {
          arrive(report)
          feed(thread)
        })
        feed(thread)
      }
    })
  } finally {
    await Promise.all(threads.map(async (thread) => await thread.terminate()))
  }
}
