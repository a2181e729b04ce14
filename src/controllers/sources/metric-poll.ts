import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { NodeNames } from '../../domain/detect/sources/node-identity.ts'
import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import { askedExpr, type QuerySettings } from '../../domain/detect/sources/threshold.ts'
import type { QueryHeard, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { SourceHealth } from '../../domain/policy/source-health.ts'
import type { Prng } from '../../kernel/prng.ts'
import type { Mono } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/journal.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { backoffMs } from '../../runtime/backoff.ts'
import type { PreparedPolicies } from '../prepared-policies.ts'
import { type Feed, Listeners } from './feed.ts'
import { indexOf, type MetricIndex } from './metric-index.ts'
import { MetricNews, type QuerySignal } from './metric-news.ts'
import { type LastHeard, MetricServer, type MetricsHeard, type Question } from './metric-server.ts'
import { StraySeries } from './stray-series.ts'

export interface MetricPollPorts {
  readonly clock: Clock
  readonly metrics: readonly Metrics[]
  readonly log: Log
  readonly meter?: Meter | undefined
  readonly prng: Prng
  readonly prepared: Pick<PreparedPolicies, 'list'>
  readonly identity: Identity
}

export interface MetricPollOptions {
  readonly everyMs: number
  /** Labels that may name a node, the surest first. */
  readonly nodeLabels?: readonly string[] | undefined
}

interface Identity extends NodeNames {
  /** Another one: the same labels may be about other nodes now. */
  readonly version: number
}

type Seen = Pick<SourcesSeen, 'queries'>

/**
 * Asks every Prometheus what policies ask, each question once for all nodes. One lost round is no outage: the last answer counts
 * until it is too old.
 */
export class MetricPoll implements Feed {
  readonly #ports: MetricPollPorts
  readonly #options: MetricPollOptions
  readonly #servers: readonly MetricServer[]
  readonly #listeners = new Listeners()
  readonly #indexes = new WeakMap<MetricsHeard, Map<string, Indexed>>()
  readonly #strays: StraySeries
  readonly #waiting = new Set<() => void>()
  #unheard: number

  constructor(ports: MetricPollPorts, options: MetricPollOptions) {
    this.#ports = ports
    this.#options = options
    this.#servers = ports.metrics.map((metrics) => new MetricServer({ ...ports, metrics }))
    this.#strays = new StraySeries(ports)
    this.#unheard = this.#servers.length
  }

  /** Resolves when the signal is aborted. Policies must be known: what nobody asks yet is asked a round later. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#servers.map(async (server) => await this.#askAgainAndAgain(server, signal)))
  }

  /** Resolves when every server has been asked once, or when the signal is aborted. */
  readonly whenPolled = async (signal: AbortSignal): Promise<void> => {
    if (this.#unheard <= 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  readonly onChange = this.#listeners.add

  readonly seen = (nodeName: string): Seen => {
    const entries = this.#asked().map(({ query }) => {
      const servers = this.#serversOf(query)
      return [queryKey(query), servers.map((server) => this.#about(nodeName, query, lastOf(server, query)))] as const
    })
    return { queries: Object.fromEntries(entries) }
  }

  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<Seen> => {
    const askedAt = this.#ports.clock.mono()
    const answers = signals.filter(hasQuery).map(async ({ query }) => {
      const heard = this.#serversOf(query).map(async (server) => {
        const last = since(askedAt, await server.fresh(questionOf(query)))
        return this.#about(nodeName, query, { server: server.name, ...last })
      })
      return [queryKey(query), await Promise.all(heard)] as const
    })
    return { queries: { ...this.seen(nodeName).queries, ...Object.fromEntries(await Promise.all(answers)) } }
  }

  /** What valid policies ask. */
  #asked(): readonly QuerySignal[] {
    const valid = this.#ports.prepared.list().filter(({ issues }) => issues.length === 0)
    return valid.flatMap(({ spec }) => spec.signals.filter(hasQuery))
  }

  readonly health = (): readonly SourceHealth[] =>
    this.#servers.map((server) => {
      const { name, problem } = server
      const queries = this.#asked().flatMap(({ query }) => {
        const failure = this.#serversOf(query).includes(server) ? server.problemOf(questionOf(query)) : undefined
        return failure === undefined ? [] : [{ query, problem: failure }]
      })
      return { kind: 'query', name, problem, heardMsAgo: server.heardMsAgo(), queries }
    })

  #serversOf({ source }: QuerySettings): readonly MetricServer[] {
    return this.#servers.filter(({ name }) => source === undefined || source === name)
  }

  #about(nodeName: string, query: QuerySettings, { server, heard, problem }: Said): QueryHeard {
    if (heard === undefined) return { server, problem }
    const { at, atMono, partial } = heard
    const samples = this.#indexed(query, heard).byNode.get(nodeName) ?? []
    return { server, problem, answer: { at, atMono, partial, samples } }
  }

  readonly #indexed = (query: QuerySettings, heard: MetricsHeard): MetricIndex => {
    const indexes = this.#indexes.get(heard) ?? new Map<string, Indexed>()
    this.#indexes.set(heard, indexes)
    const key = queryKey(query)
    const { version } = this.#ports.identity
    const known = indexes.get(key)
    if (known?.version === version) return known.index
    const { nodeLabels } = this.#options
    const index = indexOf(query, heard.series, { nodes: this.#ports.identity, nodeLabels })
    indexes.set(key, { version, index })
    return index
  }

  async #askAgainAndAgain(server: MetricServer, signal: AbortSignal): Promise<void> {
    const { clock, prng } = this.#ports
    const { everyMs } = this.#options
    const chance = prng.fork(server.name)
    const last = (query: QuerySettings): LastHeard => lastOf(server, query)
    const news = new MetricNews({ last, indexed: this.#indexed, mono: clock.mono })
    let failures = 0
    for (let rounds = 1; !signal.aborted; rounds += 1) {
      const isAnswering = await this.#round(server, news, signal)
      if (rounds === 1) this.#heardOne()
      failures = isAnswering ? 0 : failures + 1
      const jitterMs = chance.int(0, Math.floor(everyMs / 10))
      const limits = { firstMs: everyMs, longestMs: everyMs * 4 }
      await clock.sleep(failures === 0 ? everyMs - jitterMs : backoffMs(limits, failures, chance), signal)
    }
  }

  async #round(server: MetricServer, news: MetricNews, signal: AbortSignal): Promise<boolean> {
    const asked = this.#asked().filter(({ query }) => this.#serversOf(query).includes(server))
    const isAnswering =
      asked.length === 0 ||
      (await server.round(
        asked.map(({ query }) => questionOf(query)),
        signal,
      ))
    for (const { query } of asked) {
      const { heard } = lastOf(server, query)
      if (heard !== undefined) this.#strays.report(`${server.name} ${query.expr}`, query, this.#indexed(query, heard))
    }
    this.#listeners.tell(news.since(asked))
    return isAnswering
  }

  #heardOne(): void {
    this.#unheard -= 1
    if (this.#unheard > 0) return
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

interface Indexed {
  readonly version: number
  readonly index: MetricIndex
}

interface Said extends LastHeard {
  readonly server: string
}

const hasQuery = (signal: Signal): signal is QuerySignal => signal.query !== undefined

const lastOf = (server: MetricServer, query: QuerySettings): Said => {
  const { heard, problem } = server.last(questionOf(query))
  return { server: server.name, heard, problem }
}

/** Queries that differ only in what they make of the answer are one question. */
const questionOf = (query: QuerySettings): Question => {
  const { range } = query
  const expr = askedExpr(query)
  if (range === undefined) return { expr }
  return { expr, range: { windowSeconds: range.windowSeconds, stepSeconds: range.stepSeconds } }
}

/** An old answer does not stand in for a lost one. */
const since = (oldest: Mono, { heard, problem }: LastHeard): LastHeard =>
  heard !== undefined && heard.askedAt >= oldest ? { heard } : { problem: problem ?? 'no answer' }
