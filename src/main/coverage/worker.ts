import { parentPort } from 'node:worker_threads'
import { cover } from '../../sim/coverage/cover.ts'
import { scenarios } from '../../sim/scenarios/scenarios.ts'
import { planOfSeed } from '../../sim/simulation/plan-of-seed.ts'
import { forbidRealWorld } from '../simulator/forbid-real-world.ts'
import { tell } from '../simulator/tell.ts'

/** A seed, or a scenario by its name. */
export type Played = number | string

forbidRealWorld()
Error.stackTraceLimit = 0
parentPort?.on('message', (played: Played) => {
  const plan = typeof played === 'number' ? planOfSeed(played) : scenarios[played]
  if (plan === undefined) throw new Error(`no scenario is called ${played}`)
  void cover(plan).then((covered) => tell(parentPort, covered))
})
