import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { actors } from '../sim/actors/actors.ts'
import type { Covered } from '../sim/coverage/cover.ts'
import { sections } from '../sim/coverage/expected.ts'
import { tableOf } from '../sim/coverage/table.ts'
import { scenarios } from '../sim/scenarios/scenarios.ts'
import type { Played } from './coverage/worker.ts'
import { tell } from './simulator/tell.ts'

const exitCodes = { Empty: 6, Usage: 2 } as const
const usage = `usage: npm run sim:coverage -- [FIRST] [COUNT]
       what so many seeds, and every scenario, have reached: gates, steps, transitions, rungs, outcomes, faults, and every invariant
       under every fault`
const workers = 2
const progressEvery = 50

async function main([first = '1', count = '500']: readonly string[]): Promise<number> {
  const [from, many] = [Number(first), Number(count)]
  if (!Number.isInteger(from) || !Number.isInteger(many) || from < 1 || many < 1) {
    console.error(usage)
    return exitCodes.Usage
  }
  const counts = new Map<string, number>()
  let done = 0
  const seeds = Array.from({ length: many }, (_, index) => from + index)
  await coverAll([...Object.keys(scenarios), ...seeds], (played, { failure, marks }) => {
    done += 1
    if (failure !== undefined) console.error(`${played}: ${failure}`)
    for (const mark of new Set(marks)) counts.set(mark, (counts.get(mark) ?? 0) + 1)
    if (done % progressEvery === 0) console.log(`${done} played`)
  })
  const { lines, empty } = tableOf(sections(actors.map(({ name }) => name)), counts)
  console.log(lines.join('\n'))
  const verdict = empty.length === 0 ? 'no cell is empty' : `${empty.length} cells are empty`
  console.log(`${many} seeds from ${from} and ${done - many} scenarios: ${verdict}`)
  return empty.length === 0 ? 0 : exitCodes.Empty
}

async function coverAll(toPlay: readonly Played[], take: (played: Played, covered: Covered) => void): Promise<void> {
  const left = toPlay.values()
  const work = async (): Promise<void> => {
    const thread = new Worker(new URL('./coverage/worker.ts', import.meta.url))
    for (const played of left) take(played, await ask(thread, played))
    await thread.terminate()
  }
  await Promise.all(Array.from({ length: Math.min(workers, toPlay.length) }, work))
}

/** `once` rejects on an error of the thread, and leaves no listener behind. */
async function ask(thread: Worker, played: Played): Promise<Covered> {
  tell(thread, played)
  const [covered] = (await once(thread, 'message')) as [Covered]
  return covered
}

process.exitCode = await main(process.argv.slice(2))
