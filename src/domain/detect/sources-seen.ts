import type { PodSymptom } from '../../api/v1alpha1/signal-sources.ts'
import type { Instant, Mono } from '../../kernel/time.ts'
import type { AlertsSeen } from './evidence.ts'
import type { Moment } from './signal-memory.ts'

/**
 * What the sources last said of one node, in plain JSON: it can be exported with a run and judged again elsewhere. What a source
 * cannot say is said to be unavailable, never left out.
 */
export interface SourcesSeen {
  readonly alerts: AlertsSeen
  /** By `queryKey`; a query that nobody asks yet is missing. */
  readonly queries: Readonly<Record<string, QuerySeen>>
  /** By the name of the alert. */
  readonly rules: Readonly<Record<string, AlertRulesSeen>>
  readonly events: EventsSeen
  readonly pods: PodsSeen
  readonly lease: LeaseSeen
  readonly boots: BootsSeen
}

/** What one query yields about this node, server by server. Empty: no Prometheus is configured that could be asked. */
export type QuerySeen = readonly QueryHeard[]

export interface QueryHeard {
  readonly server: string
  /** The last one; undefined: none that counts. */
  readonly answer?: QueryAnswer | undefined
  /** Why there is none, or no newer one. Stable while it lasts: it goes into objects. */
  readonly problem?: string | undefined
}

export interface QueryAnswer {
  /** When its evidence was taken: where the newest sample of the server is old, so is all that it says. */
  readonly at: Instant
  readonly atMono: Mono
  /** Why a part of it may be missing: what it shows counts as trouble, never as health. */
  readonly partial?: string | undefined
  /** One for each series about the node; none: there is no such series. */
  readonly samples: readonly Sample[]
}

export interface Sample {
  /** Of an instant query; of a range the newest. Undefined: the series is there and holds no number. */
  readonly value?: number | undefined
  readonly range?: SampleRange | undefined
}

interface SampleRange {
  readonly samples: number
  readonly expected: number
  /** Beyond the threshold, and beyond that at which trouble is left. */
  readonly inTrouble: number
  readonly staying: number
}

/** What the rules of an alert say, in every Prometheus that has one. Asked only where a run rests on it. */
export type AlertRulesSeen =
  | { readonly kind: 'Known'; readonly rules: readonly AlertRuleSeen[] }
  | { readonly kind: 'Unavailable'; readonly message: string }

export interface AlertRuleSeen {
  readonly server: string
  readonly expr: string
  /** Whether its last evaluation went well. */
  readonly isHealthy: boolean
  /** On the clock of the server. Undefined: never. */
  readonly evaluatedAt?: Instant | undefined
  /** Whether it finds fault with this node, or with one that it does not name, firing or not. */
  readonly accuses: boolean
}

export type EventsSeen = EventsKept &
  ({ readonly kind: 'Known' } | { readonly kind: 'Unavailable'; readonly message: string })

interface EventsKept {
  readonly heard: readonly EventHeard[]
  /** Up to then some may be missing, for there were too many to keep. Undefined: none is. */
  readonly missingUntil?: Mono | undefined
}

/** Events of one kind about the node: the API server joins repetitions into one object with a count. */
export interface EventHeard {
  readonly reason: string
  readonly component: string
  /** Written by the node or its agents: hostile text. */
  readonly message: string
  /** How its writer named the Node: by its UID, by its name as kubelets do, or not at all. */
  readonly regardingUID: string
  /** The latest of them, on our own clock. */
  readonly atMono: Mono
  readonly count: number
  /** How long before that the first of them may have been. */
  readonly overMs: number
}

export type PodsSeen =
  | {
      readonly kind: 'Known'
      /** When we first saw each evicted pod, the oldest first. */
      readonly evictions: readonly Mono[]
      readonly ailing: readonly AilingPod[]
      /** Why sandboxes that fail may be missing. Undefined: they are all there. */
      readonly sandboxProblem: string | undefined
    }
  | { readonly kind: 'Unavailable'; readonly message: string }

export interface AilingPod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly symptom: PodSymptom
  /** Since when this process has seen it so, on its own clock. */
  readonly sinceMono: Mono
  /** Since when it has looked better; undefined: it is ill. */
  readonly betterMono: Mono | undefined
  /** It left the node as ill as it was. */
  readonly isGone: boolean
}

export type LeaseSeen =
  | {
      readonly kind: 'Known'
      /** When the look that this rests on began. */
      readonly lookedAtMono: Mono
      /** Since when it has been seen unmoved, or been seen at all. Undefined: the node has no Lease. */
      readonly stillSinceMono: Mono | undefined
      /** When it was seen to move. Undefined: never. */
      readonly movedAtMono: Mono | undefined
      /** As the kubelet wrote it: for people. */
      readonly renewTime: string
    }
  | { readonly kind: 'Unavailable'; readonly message: string }

/** Boot IDs that changed under our eyes. */
export type BootsSeen =
  | {
      readonly kind: 'Known'
      /** Since when this process has watched the node. */
      readonly watchedSinceMono: Mono
      readonly boots: readonly NodeBoot[]
    }
  | { readonly kind: 'Unavailable'; readonly message: string }

export interface NodeBoot {
  readonly atMono: Mono
  /** Whether a run of ours was about to boot the node. */
  readonly ours: boolean
}

/** Sources that could all be asked and have nothing to say: what a reader assumes of a node that the operator does not name. */
export const nothingSaid = ({ now, mono }: Moment): SourcesSeen => ({
  alerts: { kind: 'Known', at: now, atMono: mono, alerts: [] },
  queries: {},
  rules: {},
  events: { kind: 'Known', heard: [] },
  pods: { kind: 'Known', evictions: [], ailing: [], sandboxProblem: undefined },
  lease: { kind: 'Known', lookedAtMono: mono, stillSinceMono: mono, movedAtMono: mono, renewTime: '' },
  boots: { kind: 'Known', watchedSinceMono: mono, boots: [] },
})
