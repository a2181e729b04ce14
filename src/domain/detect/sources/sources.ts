import { type Signal, sourceOf } from '../../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../../api/v1alpha1/signal-sources.ts'
import { alertSource } from './alert.ts'
import { evictionStormSource } from './eviction-storm.ts'
import { leaseSource } from './lease.ts'
import { nodeConditionSource } from './node-condition.ts'
import { nodeEventSource } from './node-event.ts'
import { noticeSource } from './notice.ts'
import { podSymptomSource } from './pod-symptom.ts'
import { querySource } from './query.ts'
import { rebootsSource } from './reboots.ts'
import type { SourceRules } from './source.ts'
import { startupSource } from './startup.ts'

/** One entry for each kind of source. */
const rules: { readonly [Source in SignalSource]: SourceRules<Source> } = {
  nodeCondition: nodeConditionSource,
  lease: leaseSource,
  nodeEvent: nodeEventSource,
  evictionStorm: evictionStormSource,
  podSymptom: podSymptomSource,
  reboots: rebootsSource,
  startup: startupSource,
  notice: noticeSource,
  alert: alertSource,
  query: querySource,
}

/**
 * The rules of the one source that a signal has; undefined: a newer release has written one that nobody here knows. That the signal
 * has just this source is what `sourceOf` says, and no type can.
 */
export function rulesOf(signal: Signal): SourceRules<never> | undefined {
  const source = sourceOf(signal)
  return signal[source] === undefined ? undefined : (rules[source] as SourceRules<never>)
}
