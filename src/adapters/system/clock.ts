import { instant, mono } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  mono: () => mono(performance.now()),
  sleep: async (ms, signal) => {
    if (signal?.aborted === true) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, Math.min(Math.max(0, ms), timerMaxMs))
      signal?.addEventListener('abort', wake, { once: true })
    })
  },
}

/** A longer timer would fire at once; whoever sleeps looks again anyway. */
const timerMaxMs = 2 ** 31 - 1
