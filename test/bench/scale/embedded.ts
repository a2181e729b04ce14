import { nodeFlags } from '../../../scripts/generate/deployment.ts'
import type { JsonObject } from '../../../src/kernel/json.ts'
import { listAt, numberAt, textAt } from '../../../src/kernel/json.ts'
import { Child } from './conversation.ts'
import { type Spread, spreadOf } from './percentile.ts'
import type { Sizes } from './sizes.ts'

export interface EmbeddedReport {
  readonly nodes: number
  readonly pods: number
  readonly filledMs: number
  /** From the start of the operator to the last object in its caches. */
  readonly syncedMs: number
  readonly syncCpuMs: number
  readonly leadingMs: number
  readonly syncedRssBytes: number
  /** The longest turn of the event loop that the operator itself filled, while it synced. */
  readonly syncBlockMs: number
  readonly latencies: readonly (Spread & { readonly renewalsPerSecond: number; readonly writesMax: number })[]
  /** As many as there really were; how late timers of the operator were meanwhile, by the wall. */
  readonly updates: { readonly perSecond: number; readonly delayP99Ms: number }
  readonly idle: { readonly ms: number; readonly requests: Readonly<Record<string, number>> }
  readonly cordons: Deed & { readonly writes: number }
  readonly evictions: Deed
  readonly longestBlockMs: number
  readonly peakRssBytes: number
}

interface Deed {
  readonly wanted: number
  readonly done: number
  readonly tookMs: number
  /** Processor time of the operator: what counts on a machine that is busy with other things. */
  readonly cpuMs: number
}

const clusterFile = import.meta.resolve('./cluster-process.ts')
const operatorFile = import.meta.resolve('./operator-process.ts')

/** As its Deployment starts it. */
export const startOperatorProcess = (): Child => new Child(operatorFile, nodeFlags)

/** The limits of this process are lifted with those of the policy. */
export const unhurried = { writesPerSecond: 5_000 }

/** The operator and the cluster in a process each, with HTTP between them. */
export async function measureEmbedded(sizes: Sizes, say: (line: string) => void): Promise<EmbeddedReport> {
  const { nodes, pods } = sizes
  const [cluster, operator] = [new Child(clusterFile, ['--max-old-space-size=8192']), startOperatorProcess()]
  try {
    const filled = await cluster.ask('serve', { nodes, pods, lifted: true })
    say(`${nodes} nodes and ${pods} pods are there after ${secondsOf(filled, 'filledMs')} s`)
    const started = await operator.ask('start', { server: textAt(filled, 'url'), ...unhurried })
    say(`the operator has synced after ${secondsOf(started, 'syncedMs')} s`)
    const sync = {
      nodes,
      pods,
      filledMs: numberIn(filled, 'filledMs'),
      syncedMs: numberIn(started, 'syncedMs'),
      syncCpuMs: numberIn(started, 'syncCpuMs'),
      leadingMs: numberIn(started, 'leadingMs'),
      syncedRssBytes: numberIn(started, 'rssBytes'),
      syncBlockMs: numberIn(started, 'longestBlockMs'),
    }
    return { ...sync, ...(await measureTrouble({ cluster, operator, sizes, say })) }
  } finally {
    operator.end()
    cluster.end()
  }
}

interface Bench {
  readonly cluster: Child
  readonly operator: Child
  readonly sizes: Sizes
  readonly say: (line: string) => void
}

type Trouble = Pick<
  EmbeddedReport,
  'latencies' | 'updates' | 'idle' | 'cordons' | 'evictions' | 'longestBlockMs' | 'peakRssBytes'
>

async function measureTrouble({ cluster, operator, sizes, say }: Bench): Promise<Trouble> {
  const blocks: number[] = []
  const ask: Ask = async (name, question) => {
    const told = await cluster.ask(name, question)
    const meters = await operator.ask('meters')
    blocks.push(numberIn(meters, 'longestBlockMs'))
    return { ...meters, ...told }
  }
  const idle = await ask('idle', { ms: sizes.idleMs })
  const latencies: EmbeddedReport['latencies'][number][] = []
  for (const perSecond of sizes.renewalsPerSecond) latencies.push(await latencyAt(ask, sizes, perSecond))
  const updates = await ask('updates', { ...sizes.updates })
  say(`timers were ${numberIn(updates, 'delayP99Ms').toFixed(0)} ms late while nodes were updated`)
  const cordons = await ask('cordons', { count: sizes.cordons })
  say(`${sizes.cordons} cordons took ${secondsOf(cordons, 'tookMs')} s`)
  const evictions = await ask('evictions', { nodes: sizes.evictedNodes })
  say(`${numberIn(evictions, 'evicted')} evictions took ${secondsOf(evictions, 'tookMs')} s`)
  return {
    latencies,
    updates: { perSecond: numberIn(updates, 'updatesPerSecond'), delayP99Ms: numberIn(updates, 'delayP99Ms') },
    idle: { ms: sizes.idleMs, requests: countsIn(idle) },
    cordons: {
      wanted: sizes.cordons,
      done: numberIn(cordons, 'cordoned'),
      tookMs: numberIn(cordons, 'tookMs'),
      cpuMs: numberIn(cordons, 'cpuMs'),
      writes: numberIn(cordons, 'writes'),
    },
    evictions: {
      wanted: numberIn(evictions, 'wanted'),
      done: numberIn(evictions, 'evicted'),
      tookMs: numberIn(evictions, 'tookMs'),
      cpuMs: numberIn(evictions, 'cpuMs'),
    },
    longestBlockMs: Math.max(...blocks),
    peakRssBytes: numberIn(evictions, 'peakRssBytes'),
  }
}

/** Asks the cluster for some trouble, and the operator for its meters afterwards. */
type Ask = (name: string, question: JsonObject) => Promise<JsonObject>

const pauseMs = 200

async function latencyAt(
  ask: Ask,
  { latencies: count }: Sizes,
  renewalsPerSecond: number,
): Promise<EmbeddedReport['latencies'][number]> {
  await ask('renew', { perSecond: renewalsPerSecond })
  const told = await ask('latencies', { count, pauseMs })
  await ask('renew', { perSecond: 0 })
  return { renewalsPerSecond, ...spreadOf(numbersIn(told, 'took')), writesMax: Math.max(...numbersIn(told, 'writes')) }
}

export interface StormReport {
  readonly sick: number
  readonly nodes: number
  /** Until nobody writes any more. */
  readonly rising: number
  /** And when the nodes are well again. */
  readonly falling: number
  readonly requests: Readonly<Record<string, number>>
}

/** How many writes a storm costs under ordinary limits, each on a cluster of its own. */
export async function measureStorms(
  { storms, stormNodes }: Sizes,
  say: (line: string) => void,
): Promise<StormReport[]> {
  const reports: StormReport[] = []
  for (const sick of storms) {
    const [cluster, operator] = [new Child(clusterFile), startOperatorProcess()]
    try {
      const filled = await cluster.ask('serve', { nodes: stormNodes, pods: 0 })
      await operator.ask('start', { server: textAt(filled, 'url') })
      const told = await cluster.ask('storm', { count: sick })
      const [rising, falling] = [numberIn(told, 'rising'), numberIn(told, 'falling')]
      reports.push({ sick, nodes: stormNodes, rising, falling, requests: countsIn(told) })
      say(`a storm of ${sick} on ${stormNodes} nodes: ${rising} writes, and ${falling} when it is over`)
    } finally {
      operator.end()
      cluster.end()
    }
  }
  return reports
}

export const numberIn = (told: JsonObject, name: string): number => numberAt(told, name) ?? Number.POSITIVE_INFINITY

const numbersIn = (told: JsonObject, name: string): readonly number[] =>
  listAt(told, name).map((value) => (typeof value === 'number' ? value : Number.POSITIVE_INFINITY))

const countsIn = (told: JsonObject): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(told['requests'] ?? {}).map(([what, count]) => [what, typeof count === 'number' ? count : 0]),
  )

const secondsOf = (told: JsonObject, name: string): string => (numberIn(told, name) / 1_000).toFixed(1)
