import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { numberAt, textAt } from '../../../src/kernel/json.ts'
import type { Measured } from './measure.ts'

export interface CacheReport {
  readonly pods: number
  readonly rounds: number
  readonly ours: Measured
  readonly clientNode: Measured
  /** How many times faster ours is. */
  readonly speedup: number
  /** How many times less processor time ours takes: what counts where other processes take the better part of the machine. */
  readonly thrift: number
  readonly isMachineBusy: boolean
  /** Our peak RSS as a share of theirs. */
  readonly memoryShare: number
  readonly isAsExpected: boolean
}

export const expected = { speedup: 3, memoryShare: 0.25, longestBlockMs: 100 }

/** Alone on a machine a client takes about as long as it computes. */
const busyFactor = 2

/** Both informers in turn, each in a process of its own. Of several rounds the least disturbed one counts, for either side. */
export async function compareCaches({
  pods,
  rounds,
}: {
  readonly pods: number
  readonly rounds: number
}): Promise<CacheReport> {
  const server = child(import.meta.resolve('./pod-server.ts'), String(pods))
  try {
    const place: unknown[] = await once(server, 'message')
    const url = textAt(place, 0, 'url') ?? ''
    const [ours, theirs]: [Measured[], Measured[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await measured(import.meta.resolve('./our-informer.ts'), url))
      theirs.push(await measured(import.meta.resolve('./client-node-informer.ts'), url))
    }
    return report({ pods, rounds, ours: leastOf(ours), clientNode: leastOf(theirs) })
  } finally {
    server.disconnect()
  }
}

function report(base: Pick<CacheReport, 'pods' | 'rounds' | 'ours' | 'clientNode'>): CacheReport {
  const { ours, clientNode, pods } = base
  const speedup = clientNode.syncedMs / ours.syncedMs
  const thrift = clientNode.cpuMs / ours.cpuMs
  const isMachineBusy = ours.syncedMs > busyFactor * ours.cpuMs
  const memoryShare = ours.peakRssBytes / clientNode.peakRssBytes
  const isComplete = ours.objects === pods && clientNode.objects === pods
  const isFast =
    (isMachineBusy ? thrift : speedup) >= expected.speedup && ours.longestBlockMs <= expected.longestBlockMs
  return {
    ...base,
    speedup,
    thrift,
    isMachineBusy,
    memoryShare,
    isAsExpected: isComplete && isFast && memoryShare <= expected.memoryShare,
  }
}

const child = (file: string, argument: string): ChildProcess =>
  fork(fileURLToPath(file), [argument], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })

async function measured(file: string, url: string): Promise<Measured> {
  const process = child(file, url)
  const failure = once(process, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${String(code)} and no measurement`)
  })
  const [message]: unknown[] = await Promise.race([once(process, 'message'), failure])
  failure.catch(() => {})
  return {
    objects: numberAt(message, 'objects') ?? 0,
    syncedMs: numberAt(message, 'syncedMs') ?? Number.POSITIVE_INFINITY,
    cpuMs: numberAt(message, 'cpuMs') ?? Number.POSITIVE_INFINITY,
    peakRssBytes: numberAt(message, 'peakRssBytes') ?? Number.POSITIVE_INFINITY,
    longestBlockMs: numberAt(message, 'longestBlockMs') ?? Number.POSITIVE_INFINITY,
    longestBlockWallMs: numberAt(message, 'longestBlockWallMs') ?? Number.POSITIVE_INFINITY,
  }
}

const leastOf = (rounds: readonly Measured[]): Measured => ({
  objects: Math.min(...rounds.map(({ objects }) => objects)),
  syncedMs: Math.min(...rounds.map(({ syncedMs }) => syncedMs)),
  cpuMs: Math.min(...rounds.map(({ cpuMs }) => cpuMs)),
  peakRssBytes: Math.min(...rounds.map(({ peakRssBytes }) => peakRssBytes)),
  longestBlockMs: Math.min(...rounds.map(({ longestBlockMs }) => longestBlockMs)),
  longestBlockWallMs: Math.min(...rounds.map(({ longestBlockWallMs }) => longestBlockWallMs)),
})
