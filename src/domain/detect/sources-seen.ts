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
  /** By `queryKey`; a query without an answer yet is missing. */
  readonly queries: Readonly<Record<string, QuerySeen>>
  readonly events: EventsSeen
  readonly pods: PodsSeen
  readonly lease: LeaseSeen
  readonly boots: BootsSeen
}

/** One query, as far as it is about this node. */
export type QuerySeen =
  | {
      readonly kind: 'Known'
      readonly at: Instant
      readonly atMono: Mono
      /** Undefined: no series is about the node. */
      readonly sample: Sample | undefined
    }
  /** At least one server could not be asked, or answered in part: what another one shows counts as trouble, never as health. */
  | {
      readonly kind: 'Unavailable'
      /** Stable while it lasts: it goes into objects. */
      readonly message: string
      readonly sinceMono: Mono
      readonly sample: Sample | undefined
    }

export interface Sample {
  /** Of an instant query; of a range the newest. */
  readonly value: number
  /** Of a range: how many samples there are, and how many of them are in trouble. */
  readonly range?: { readonly samples: number; readonly expected: number; readonly inTrouble: number }
}

/** What was heard was heard, whether or not more could be. */
export type EventsSeen =
  | { readonly kind: 'Known'; readonly heard: readonly EventHeard[] }
  | { readonly kind: 'Unavailable'; readonly message: string; readonly heard: readonly EventHeard[] }

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
  events: { kind: 'Known', heard: [] },
  pods: { kind: 'Known', evictions: [], ailing: [] },
  lease: { kind: 'Known', lookedAtMono: mono, stillSinceMono: mono, movedAtMono: mono, renewTime: '' },
  boots: { kind: 'Known', watchedSinceMono: mono, boots: [] },
})
