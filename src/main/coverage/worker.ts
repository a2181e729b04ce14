import { parentPort } from 'node:worker_threads'
import { cover } from '../../sim/coverage/cover.ts'
import { planOfSeed } from '../../sim/simulation/plan-of-seed.ts'
import { forbidRealWorld } from '../simulator/forbid-real-world.ts'

forbidRealWorld()
Error.stackTraceLimit = 0
// oxlint-disable require-post-message-target-origin -- a thread, not a window
parentPort?.on('message', (seed: number) => {
  void cover(planOfSeed(seed)).then((covered) => parentPort?.postMessage(covered))
})
