/** What one child process reports to its parent. */
export interface Measured {
  readonly objects: number
  /** From the first request to the last object in the cache. */
  readonly syncedMs: number
  /** Of the whole process, code included. */
  readonly peakRssBytes: number
  readonly longestBlockMs: number
}

const tickMs = 5

/** Runs `sync`, reports what it took to the parent process, and ends this one. */
export async function measureChild(sync: () => Promise<number>): Promise<void> {
  let longestBlockMs = 0
  let lastTickAt = performance.now()
  const noteBlock = (): void => {
    const now = performance.now()
    longestBlockMs = Math.max(longestBlockMs, now - lastTickAt - tickMs)
    lastTickAt = now
  }
  const timer = setInterval(noteBlock, tickMs)
  const begunAt = performance.now()
  const objects = await sync()
  const syncedMs = performance.now() - begunAt
  noteBlock()
  clearInterval(timer)
  const measured: Measured = { objects, syncedMs, longestBlockMs, peakRssBytes: process.resourceUsage().maxRSS * 1_024 }
  process.send?.(measured, () => process.exit(0))
}
