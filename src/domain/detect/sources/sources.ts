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

/** One entry for each kind of source. A policy that asks for one that is not here is refused. */
const rules: { readonly [Source in SignalSource]?: SourceRules<Source> } = {
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

export const availableSources = Object.keys(rules) as readonly SignalSource[]

/** Those that answer again and again, so that their answers can be counted. */
export const polledSources: readonly SignalSource[] = ['alert', 'query', 'lease']

/**
 * The rules of the one source that a signal has; undefined: not available in this version. That the signal has just this source is
 * what `sourceOf` says, and no type can.
 */
export const rulesOf = (signal: Signal): SourceRules<never> | undefined =>
  rules[sourceOf(signal)] as SourceRules<never> | undefined
