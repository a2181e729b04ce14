import type { Loop } from '../loop.ts'
import { Process } from './process.ts'
import { Replica } from './replica.ts'

/** A process of which nothing matters but that it is one. */
export function someProcess(loop: Loop, onCut: () => void = () => {}): Process {
  const plan = { skewMs: 0, driftPpm: 0 }
  const replica = new Replica({ loop, plan, index: 0, boot: () => {}, tell: () => {} }, onCut)
  return new Process({ loop, replica, start: 1 })
}
