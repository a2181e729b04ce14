import type { MetricDefinition } from '../api/metric-definitions.ts'
import { assert } from '../kernel/assert.ts'
import type { Meter } from '../ports/meter.ts'

type Labels = Readonly<Record<string, string>>

/** What a label has in place of values beyond its bound: nobody makes the registry grow by inventing some. */
const beyond = 'other'

/** The metrics of this process, and their text in the format of Prometheus. */
export class MetricsRegistry implements Meter {
  readonly #families = new Map<string, Family>()

  readonly counter: Meter['counter'] = (definition) => {
    const family = this.#familyOf(definition)
    return {
      add: (labels: Labels, by = 1) => {
        assert(by >= 0, `counter ${definition.name} goes up only, not by ${by}`)
        family.put(labels, (family.at(labels) ?? 0) + by)
      },
      read: (labels: Labels, value: () => number) => family.put(labels, value),
    }
  }

  readonly gauge: Meter['gauge'] = (definition) => {
    const family = this.#familyOf(definition)
    return {
      set: (labels: Labels, value: number) => family.put(labels, value),
      read: (labels: Labels, value: () => number | undefined) => family.put(labels, value),
      readAll: (all: () => readonly Shown[]) => family.readAll(all),
    }
  }

  /** Exposition format 0.0.4, in the order of names and labels. */
  readonly text = (): string =>
    [...this.#families.values()]
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((family) => family.text())
      .join('')

  #familyOf(definition: MetricDefinition): Family {
    const known = this.#families.get(definition.name)
    if (known !== undefined) return known
    const family = new Family(definition)
    this.#families.set(definition.name, family)
    return family
  }
}

interface Shown {
  readonly labels: Labels
  readonly value: number
}

type Value = number | (() => number | undefined)

class Family {
  readonly #definition: MetricDefinition
  readonly #series = new Map<string, Value>()
  readonly #readers: (() => readonly Shown[])[] = []
  /** Per label without a list of values: those seen so far. */
  readonly #seen = new Map<string, Set<string>>()

  constructor(definition: MetricDefinition) {
    this.#definition = definition
    // A counter without labels is there from the start: its first step is an increase, and no new series.
    if (definition.type === 'counter' && Object.keys(definition.labels).length === 0) this.put({}, 0)
  }

  get name(): string {
    return this.#definition.name
  }

  at(labels: Labels): number | undefined {
    return valueOf(this.#series.get(this.#keyOf(labels)))
  }

  put(labels: Labels, value: Value): void {
    this.#series.set(this.#keyOf(labels), value)
  }

  readAll(all: () => readonly Shown[]): void {
    this.#readers.push(all)
  }

  text(): string {
    const { name, help, type } = this.#definition
    const read = this.#readers.flatMap((all) => all())
    const series = new Map([
      ...this.#series,
      ...read.map(({ labels, value }): [string, Value] => [this.#keyOf(labels), value]),
    ])
    const lines = [...series]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([labels, value]) => {
        const now = valueOf(value)
        return now === undefined ? [] : [`${name}${labels} ${now}`]
      })
    if (lines.length === 0) return ''
    return [`# HELP ${name} ${help.replaceAll('\\', '\\\\')}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
  }

  #keyOf(labels: Labels): string {
    const pairs = Object.entries(this.#definition.labels).map(
      ([label, bound]) => `${label}="${escaped(this.#within(label, bound, labels[label] ?? ''))}"`,
    )
    return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
  }

  #within(label: string, bound: readonly string[] | number, value: string): string {
    if (typeof bound !== 'number') return bound.includes(value) ? value : beyond
    const seen = this.#seen.get(label) ?? new Set()
    this.#seen.set(label, seen)
    if (!seen.has(value) && seen.size >= bound) return beyond
    seen.add(value)
    return value
  }
}

const valueOf = (value: Value | undefined): number | undefined => (typeof value === 'function' ? value() : value)

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
