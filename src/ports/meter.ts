import type { MetricDefinition } from '../api/metric-definitions.ts'

type LabelsOf<Definition extends MetricDefinition> = Readonly<Record<keyof Definition['labels'] & string, string>>

/** Counts what happens and shows what is, for whoever watches the operator. Never fails, and never a reason for a decision. */
export interface Meter {
  readonly counter: <Definition extends MetricDefinition & { readonly type: 'counter' }>(
    definition: Definition,
  ) => Counter<LabelsOf<Definition>>
  readonly gauge: <Definition extends MetricDefinition & { readonly type: 'gauge' }>(
    definition: Definition,
  ) => Gauge<LabelsOf<Definition>>
}

interface Counter<Labels> {
  /** By one, unless said otherwise; never down. */
  readonly add: (labels: Labels, by?: number) => void
  /** A count that is kept elsewhere, read whenever somebody looks; never down. */
  readonly read: (labels: Labels, value: () => number) => void
}

interface Gauge<Labels> {
  readonly set: (labels: Labels, value: number) => void
  /** Read whenever somebody looks; undefined: there is nothing to show now. */
  readonly read: (labels: Labels, value: () => number | undefined) => void
  /** The same, where the labels too are known only then. */
  readonly readAll: (all: () => readonly { readonly labels: Labels; readonly value: number }[]) => void
}
