import { parentPort } from 'node:worker_threads'
import { enumerate, type Share } from '../../sim/exhaustive/enumerate.ts'
import { forbidRealWorld } from '../simulator/forbid-real-world.ts'
import { tell } from '../simulator/tell.ts'

forbidRealWorld()
Error.stackTraceLimit = 0
parentPort?.on('message', (share: Share) => {
  void enumerate(share, (told) => tell(parentPort, told)).then(() => tell(parentPort, 'done'))
})
