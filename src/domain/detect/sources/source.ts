import type { ConditionStatus, Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../../api/v1alpha1/signal-sources.ts'
import type { Instant } from '../../../kernel/time.ts'
import type { UnknownReason } from '../evidence.ts'
import type { Moment } from '../signal-memory.ts'
import type { SourcesSeen } from '../sources-seen.ts'

/** What one source may look at when it judges one node. */
export interface Look extends Moment {
  readonly node: Node
  readonly sources: SourcesSeen
  /** How long the writer of a condition has been silent. Undefined: a live read, which is as fresh as it gets. */
  readonly silentMs: (conditionType: string) => number | undefined
  /** When the kubelet renewed its lease, if that is so lately that it is alive. Undefined: it is not known to be. */
  readonly kubeletAlive?: string | undefined
  /** Boots that this process saw and no run of ours asked for. */
  readonly boots: readonly Instant[]
}

export interface Clearing extends Look {
  readonly treatedAt: Instant
  /** Whether the boot ID differs from the one recorded before the treatment. */
  readonly bootChanged: boolean
  /** Pods that are bound to the node. Undefined: not read. */
  readonly pods: readonly Pod[] | undefined
}

/** What a source says of a node at this moment, before any hold. */
export interface Claim {
  readonly state: ConditionStatus
  /** Why it is Unknown. */
  readonly reason?: UnknownReason
  /** One sentence without ages: it goes into objects, and an idle cluster sees no writes. */
  readonly message: string
  /** What was measured or counted: `value.<signal>` in `when`. */
  readonly value?: number
}

export interface ClearedAnswer {
  readonly cleared: boolean
  readonly message: string
}

/** Everything that is particular to one kind of source. */
export interface SourceRules<Source extends SignalSource> {
  /** How old its evidence may be where the signal does not say. */
  readonly freshnessSeconds: number
  /** How long after a boot it is not asked where the signal does not say. */
  readonly bootGraceSeconds: number
  readonly claim: (signal: SignalOf<Source>, look: Look) => Claim
  /** Milliseconds until time alone changes the claim; undefined: it does not. */
  readonly changesInMs: (signal: SignalOf<Source>, look: Look) => number | undefined
  /** Whether evidence newer than the treatment shows that it is over. */
  readonly cleared: (signal: SignalOf<Source>, seen: Clearing) => ClearedAnswer
}
