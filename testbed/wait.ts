import { setTimeout as sleep } from 'node:timers/promises'

export interface Patience {
  readonly deadlineMs: number
  readonly everyMs?: number
  /** Asked at each look: a reason to give up before the deadline, such as the death of the process waited for. */
  readonly giveUp?: () => string | undefined
}

/** What was waited for did not come. The message says what, and what was seen instead. */
class WaitError extends Error {
  override readonly name = 'WaitError'
}

/** Looks until the observation is there. A look that throws has seen nothing yet; its last error is told at the end. */
export async function wait<T>(what: string, look: () => Promise<T | undefined>, patience: Patience): Promise<T> {
  const until = performance.now() + patience.deadlineMs
  let lastError: unknown
  for (;;) {
    try {
      const seen = await look()
      if (seen !== undefined) return seen
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    const reason =
      patience.giveUp?.() ??
      (performance.now() >= until ? `not seen within ${patience.deadlineMs / 1_000} s` : undefined)
    if (reason !== undefined) throw new WaitError(`waiting for ${what}: ${reason}`, { cause: lastError })
    await sleep(patience.everyMs ?? 100)
  }
}
