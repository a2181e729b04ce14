import type { Signal } from '../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../api/v1alpha1/signal-sources.ts'

/** Whether one source can be asked. */
export interface SourceHealth {
  readonly kind: SignalSource
  /** As the configuration of the operator names it. */
  readonly name: string
  /** Why it does not answer; undefined: it does. */
  readonly problem: string | undefined
  /** Queries that it refuses or fails to answer, though it answers others. */
  readonly queries?: readonly { readonly query: NonNullable<Signal['query']>; readonly problem: string }[]
}
