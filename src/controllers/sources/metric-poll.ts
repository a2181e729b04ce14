import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { NodeNames } from '../../domain/detect/sources/node-identity.ts'
import { queryKey } from '../../domain/detect/sources/query-sample.ts'
import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import type { QueryHeard, QuerySeen, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { PreparedPolicy } from '../../domain/policy/prepared-policy.ts'
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
import { MetricIndexes } from './metric-indexes.ts'
import { MetricNews, type QuerySignal } from './metric-news.ts'
import { type Question, questionOf } from './metric-question.ts'
import { type LastHeard, MetricServer, type MetricsHeard } from './metric-server.ts'
import { StraySeries } from './stray-series.ts'

export interface MetricPollPorts {
  readonly clock: Clock
  readonly metrics: readonly Metrics[]
  readonly log: Log
  readonly meter?: Meter | undefined
  readonly prng: Prng
  readonly prepared: Pick<PreparedPolicies, 'list'>
  readonly identity: NodeNames
}

export interface MetricPollOptions {
  readonly everyMs: number
  /** Labels that may name a node, the surest first. */
  readonly nodeLabels?: readonly string[] | undefined
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
  readonly #indexes: MetricIndexes
  readonly #strays: StraySeries
  readonly #waiting = new Set<() => void>()
  #unheard: number
  #asked: Asked = { by: [], signals: [], queries: [] }

  constructor(ports: MetricPollPorts, options: MetricPollOptions) {
    this.#ports = ports
    this.#options = options
    const prepare = async (question: Question, heard: MetricsHeard): Promise<void> =>
      await this.#prepare(question, heard)
    this.#servers = ports.metrics.map((metrics) => new MetricServer({ ...ports, metrics, prepare }))
    this.#indexes = new MetricIndexes({ ...ports, nodes: ports.identity, nodeLabels: options.nodeLabels })
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
    const queries: Record<string, QuerySeen> = {}
    for (const { key, query, question, servers } of this.#askedNow().queries)
      queries[key] = servers.map((server) => this.#about(nodeName, query, lastOf(server, question)))
    return { queries }
  }

  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<Seen> => {
    const askedAt = this.#ports.clock.mono()
    const answers = signals.filter(hasQuery).map(async ({ query }) => {
      const heard = this.#serversOf(query).map(async (server) => {
        const last = since(askedAt, await server.fresh(questionOf(query)))
        if (last.heard !== undefined) await this.#indexes.prepare(query, last.heard)
        return this.#about(nodeName, query, { server: server.name, ...last })
      })
      return [queryKey(query), await Promise.all(heard)] as const
    })
    return { queries: { ...this.seen(nodeName).queries, ...Object.fromEntries(await Promise.all(answers)) } }
  }

  /** What valid policies ask. Read once for the very list of them, which is never changed: every look at every node asks. */
  #askedNow(): Asked {
    const by = this.#ports.prepared.list()
    if (by === this.#asked.by) return this.#asked
    const signals = by.filter(({ issues }) => issues.length === 0).flatMap(({ spec }) => spec.signals.filter(hasQuery))
    const queries = signals.map(({ query }) => {
      const key = queryKey(query)
      return [key, { key, query, question: questionOf(query), servers: this.#serversOf(query) }] as const
    })
    this.#asked = { by, signals, queries: [...new Map(queries).values()] }
    return this.#asked
  }

  /** For all who make something of this answer. */
  async #prepare({ key }: Question, heard: MetricsHeard): Promise<void> {
    for (const { query, question } of this.#askedNow().queries)
      if (question.key === key) await this.#indexes.prepare(query, heard)
  }

  readonly health = (): readonly SourceHealth[] =>
    this.#servers.map((server) => {
      const { name, problem } = server
      const queries = this.#askedNow().signals.flatMap(({ query }) => {
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
    const samples = this.#indexes.of(query, heard).byNode.get(nodeName) ?? []
    return { server, problem, answer: { at, atMono, partial, samples } }
  }

  async #askAgainAndAgain(server: MetricServer, signal: AbortSignal): Promise<void> {
    const { clock, prng } = this.#ports
    const { everyMs } = this.#options
    const chance = prng.fork(server.name)
    const last = (query: QuerySettings): LastHeard => lastOf(server, questionOf(query))
    const news = new MetricNews({ last, indexed: this.#indexes.of, clock })
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
    const asked = this.#askedNow().signals.filter(({ query }) => this.#serversOf(query).includes(server))
    const isAnswering =
      asked.length === 0 ||
      (await server.round(
        asked.map(({ query }) => questionOf(query)),
        signal,
      ))
    for (const { query } of asked) {
      const { heard } = lastOf(server, questionOf(query))
      if (heard !== undefined)
        this.#strays.report(`${server.name} ${query.expr}`, query, this.#indexes.of(query, heard))
    }
    this.#listeners.tell(await news.since(asked))
    return isAnswering
  }

  #heardOne(): void {
    this.#unheard -= 1
    if (this.#unheard > 0) return
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

interface Asked {
  /** The policies that ask this. */
  readonly by: readonly PreparedPolicy[]
  readonly signals: readonly QuerySignal[]
  /** One of those that make the same of the same answer. */
  readonly queries: readonly AskedQuery[]
}

interface AskedQuery {
  /** As `queryKey` makes it. */
  readonly key: string
  readonly query: QuerySettings
  readonly question: Question
  readonly servers: readonly MetricServer[]
}

interface Said extends LastHeard {
  readonly server: string
}

const hasQuery = (signal: Signal): signal is QuerySignal => signal.query !== undefined

const lastOf = (server: MetricServer, question: Question): Said => {
  const { heard, problem } = server.last(question)
  return { server: server.name, heard, problem }
}

/** An old answer does not stand in for a lost one. */
const since = (oldest: Mono, { heard, problem }: LastHeard): LastHeard =>
  heard !== undefined && heard.askedAt >= oldest ? { heard } : { problem: problem ?? 'no answer' }
