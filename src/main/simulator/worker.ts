import { parentPort } from 'node:worker_threads'
import { planOfSeed } from '../../sim/simulation/plan-of-seed.ts'
import { simulate } from '../../sim/simulation/simulate.ts'
import { forbidRealWorld } from './forbid-real-world.ts'
import { tell } from './tell.ts'

/** Plays one seed after another, as its parent names them. Each answer is a Report with as much of its trace as is told. */
const toldLines = 40

const play = async (seed: number): Promise<void> => {
  const report = await simulate(planOfSeed(seed))
  tell(parentPort, { ...report, trace: report.trace.slice(-toldLines) })
}

forbidRealWorld()
// Refusals and aborts are errors, and made by the thousand: who wants to see where one came from replays the seed.
Error.stackTraceLimit = 0
parentPort?.on('message', (seed: number) => void play(seed))
