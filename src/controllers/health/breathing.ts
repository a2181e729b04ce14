import type { Clock } from '../../ports/clock.ts'

/** Looks in one stretch, and how long one may last: far below what probes and lease renewals can wait for. */
const looksMax = 64
const stretchMaxMs = 10

/**
 * Looks that write nothing never wait for anything: now and then the rest of the process gets its turn. All workers wait for it
 * together: while one of them goes on, nobody else has a turn.
 */
export function breathing({
  sleep,
  mono,
}: Pick<Clock, 'sleep' | 'mono'>): <Seen>(look: () => Promise<Seen>) => Promise<Seen> {
  let [looks, begunAt] = [0, mono()]
  let breath: Promise<void> | undefined
  const breathe = async (): Promise<void> => {
    await sleep(0)
    ;[looks, begunAt] = [0, mono()]
    breath = undefined
  }
  const isDue = (): boolean => looks >= looksMax || mono() - begunAt >= stretchMaxMs
  return async (look) => {
    // Others that waited for the same turn may have used it up.
    while (isDue()) await (breath ??= breathe())
    looks += 1
    return await look()
  }
}
