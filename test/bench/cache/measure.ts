/** What one child process reports to its parent. */
export interface Measured {
  readonly objects: number
  /** From the first request to the last object in the cache. */
  readonly syncedMs: number
  /** Processor time of all threads meanwhile. */
  readonly cpuMs: number
  /** Of the whole process, code included. */
  readonly peakRssBytes: number
  /** The longest time between two turns of the event loop that its thread was busy: the block that the program itself makes. */
  readonly longestBlockMs: number
  /** The same by the clock on the wall: with the time that other processes took on a machine that is busy. */
  readonly longestBlockWallMs: number
}

const tickMs = 5

/** Runs `sync`, reports what it took to the parent process, and ends this one. */
export async function measureChild(sync: () => Promise<number>): Promise<void> {
  const blocks = new BlockMeter()
  const [begunAt, cpuBefore] = [performance.now(), process.cpuUsage()]
  const objects = await sync()
  const [syncedMs, cpu] = [performance.now() - begunAt, process.cpuUsage(cpuBefore)]
  const cpuMs = (cpu.user + cpu.system) / 1_000
  const peakRssBytes = process.resourceUsage().maxRSS * 1_024
  const measured: Measured = { objects, syncedMs, cpuMs, peakRssBytes, ...blocks.stop() }
  process.send?.(measured, () => process.exit(0))
}

/** How long the event loop was busy in one go, from its making until `stop`. */
export class BlockMeter {
  readonly #timer: NodeJS.Timeout
  #wallAt = performance.now()
  #cpuAt = process.threadCpuUsage()
  #longestBlockMs = 0
  #longestBlockWallMs = 0

  constructor() {
    this.#timer = setInterval(() => this.#turn(), tickMs)
  }

  stop(): Pick<Measured, 'longestBlockMs' | 'longestBlockWallMs'> {
    clearInterval(this.#timer)
    this.#turn()
    return { longestBlockMs: this.#longestBlockMs, longestBlockWallMs: this.#longestBlockWallMs }
  }

  #turn(): void {
    const [wallAt, cpuAt] = [performance.now(), process.threadCpuUsage()]
    const busyMs = (cpuAt.user + cpuAt.system - this.#cpuAt.user - this.#cpuAt.system) / 1_000
    this.#longestBlockMs = Math.max(this.#longestBlockMs, busyMs)
    this.#longestBlockWallMs = Math.max(this.#longestBlockWallMs, wallAt - this.#wallAt - tickMs)
    this.#wallAt = wallAt
    this.#cpuAt = cpuAt
  }
}
