export interface Taken {
  /** Processor time of this thread: what counts on a machine that is busy with other things. */
  readonly cpuMs: number
  /** By the clock on the wall. */
  readonly wallMs: number
}

export async function taken(work: () => void | Promise<void>): Promise<Taken> {
  const [wallAt, cpuAt] = [performance.now(), process.threadCpuUsage()]
  await work()
  const [wallMs, { user, system }] = [performance.now() - wallAt, process.threadCpuUsage()]
  return { cpuMs: (user + system - cpuAt.user - cpuAt.system) / 1_000, wallMs }
}

/** Of several rounds the one in the middle: neither the luckiest, nor the one that a collection of garbage fell into. */
export async function typical(rounds: number, work: (round: number) => Promise<Taken>): Promise<Taken> {
  const all: Taken[] = []
  for (let round = 0; round < rounds; round += 1) all.push(await work(round))
  const middle = (values: readonly number[]): number =>
    values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.POSITIVE_INFINITY
  return { cpuMs: middle(all.map(({ cpuMs }) => cpuMs)), wallMs: middle(all.map(({ wallMs }) => wallMs)) }
}
