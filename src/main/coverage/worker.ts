import { parentPort } from 'node:worker_threads'
import { cover } from '../../sim/coverage/cover.ts'
import { planOfSeed } from '../../sim/simulation/plan-of-seed.ts'
import { forbidRealWorld } from '../simulator/forbid-real-world.ts'
import { tell } from '../simulator/tell.ts'

forbidRealWorld()
Error.stackTraceLimit = 0
parentPort?.on('message', (seed: number) => {
  void cover(planOfSeed(seed)).then((covered) => tell(parentPort, covered))
})
