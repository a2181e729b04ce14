import { parentPort } from 'node:worker_threads'
import { enumerate, type Share } from '../../sim/exhaustive/enumerate.ts'
import { forbidRealWorld } from '../simulator/forbid-real-world.ts'

forbidRealWorld()
Error.stackTraceLimit = 0
// oxlint-disable require-post-message-target-origin -- a thread, not a window
parentPort?.on('message', (share: Share) => {
  void enumerate(share, (told) => parentPort?.postMessage(told)).then(() => parentPort?.postMessage('done'))
})
