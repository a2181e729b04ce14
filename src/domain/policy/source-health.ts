import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { PodSymptom, SignalSource } from '../../api/v1alpha1/signal-sources.ts'

/** Whether one source can be asked. */
export interface SourceHealth {
  readonly kind: SignalSource
  /** As the configuration of the operator names it; what needs none has a name of ours, such as `events`. */
  readonly name: string
  /** Why it does not answer; undefined: it does. */
  readonly problem: string | undefined
  /** How long ago it was last heard, or asked with success. Undefined: never. */
  readonly heardMsAgo?: number | undefined
  /** Of a source of pod symptoms: those that rest on it. Left out: all. */
  readonly symptoms?: readonly PodSymptom[]
  /** Queries that it refuses or fails to answer, though it answers others. */
  readonly queries?: readonly { readonly query: NonNullable<Signal['query']>; readonly problem: string }[]
}
