import { seconds } from '../../../kernel/time.ts'
import { RefusedError } from '../../../ports/errors.ts'
import { type AlertRule, badQuery, type Metrics } from '../../../ports/metrics.ts'
import type { LoadRule } from '../alertmanager/alertmanager.ts'
import type { Load } from '../alertmanager/load.ts'
import type { MetricLevel } from '../events.ts'
import type { Fleet } from '../host/fleet.ts'
import type { Machine } from '../host/machine.ts'
import type { Nature } from '../nature.ts'
import { answerFrom, type Scrape } from './scrape.ts'

export const loadMetric = 'node:cpu_utilisation:ratio'
export const zombiesMetric = 'node:zombie_processes:sum'

interface Limits {
  readonly enters: number
  readonly leaves: number
}

/** What counts as trouble to whoever looks at the world from outside, and how far it has to fall to be over. */
const limits: Readonly<Record<string, Limits>> = {
  [loadMetric]: { enters: 0.9, leaves: 0.63 },
  [zombiesMetric]: { enters: 20, leaves: 14 },
}

const scrapeMs = seconds(15)

interface PrometheusParts {
  readonly fleet: Pick<Fleet, 'hosts'>
  readonly load: Pick<Load, 'of'>
  readonly rules: readonly LoadRule[]
}

/** Reads every machine that answers, again and again. A machine that does not has no series from then on. */
export class Prometheus {
  readonly #nature: Nature
  readonly #parts: PrometheusParts
  /** Of which something else than `Away` was told. */
  readonly #levels = new Map<string, MetricLevel>()
  #last: Scrape

  constructor(nature: Nature, parts: PrometheusParts) {
    this.#nature = nature
    this.#parts = parts
    this.#last = this.#read()
    this.#scrapeForEver()
  }

  get last(): Scrape {
    return this.#last
  }

  /** The port to it, without a network between. */
  readonly metrics: Metrics = {
    name: 'prometheus',
    query: async (expr) => answerFrom(this.#last, expr, this.#nature.timers.now()),
    queryRange: async (expr) => {
      const message = `the simulated Prometheus keeps no past, and was asked for that of \`${expr}\``
      throw new RefusedError(message, { status: 400, reason: badQuery })
    },
    alertRules: async (name) => this.#rulesOf(name),
  }

  /** Whether its newest samples show this node beyond the limit. */
  shows(metric: string, nodeName: string): boolean {
    return this.#levels.get(`${metric} ${nodeName}`) === 'Beyond'
  }

  #rulesOf(name: string): readonly AlertRule[] {
    const { rules, load, fleet } = this.#parts
    return rules
      .filter(({ alert }) => alert === name)
      .map(({ abovePercent }) => ({
        name,
        expr: `${loadMetric} > ${abovePercent / 100}`,
        isHealthy: true,
        evaluatedAt: this.#last.at,
        alerts: [...fleet.hosts.keys()]
          .filter((node) => load.of(node) > abovePercent)
          .map((node) => ({ labels: { alertname: name, node } })),
      }))
  }

  #scrapeForEver(): void {
    this.#nature.timers.after(scrapeMs, () => {
      this.#last = this.#read()
      this.#tellChanges()
      this.#scrapeForEver()
    })
  }

  #read(): Scrape {
    const machines = [...this.#parts.fleet.hosts].filter(([, { machine }]) => isScraped(machine))
    const gauge = (valueOf: (name: string, machine: Machine) => number): ReadonlyMap<string, number> =>
      new Map(machines.map(([name, { machine }]) => [name, valueOf(name, machine)]))
    return {
      at: this.#nature.timers.now(),
      values: new Map([
        [loadMetric, gauge((name) => this.#parts.load.of(name) / 100)],
        [zombiesMetric, gauge((_, machine) => machine.zombies)],
      ]),
    }
  }

  #tellChanges(): void {
    for (const [metric, limit] of Object.entries(limits)) {
      const values = this.#last.values.get(metric) ?? new Map<string, number>()
      const known = [...this.#levels.keys()].flatMap((key) =>
        key.startsWith(`${metric} `) ? [key.slice(metric.length + 1)] : [],
      )
      for (const node of new Set([...known, ...values.keys()]))
        this.#tell(metric, node, levelOf(values.get(node), limit))
    }
  }

  #tell(metric: string, machine: string, level: MetricLevel): void {
    const key = `${metric} ${machine}`
    if ((this.#levels.get(key) ?? 'Away') === level) return
    if (level === 'Away') this.#levels.delete(key)
    else this.#levels.set(key, level)
    this.#nature.tell({ kind: 'MetricBecame', metric, machine, level })
  }
}

function levelOf(value: number | undefined, { enters, leaves }: Limits): MetricLevel {
  if (value === undefined) return 'Silent'
  if (value > enters) return 'Beyond'
  return value > leaves ? 'Near' : 'Away'
}

const isScraped = ({ state, isConnected }: Machine): boolean => state === 'Running' && isConnected
