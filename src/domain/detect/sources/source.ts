import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import type { SignalSource } from '../../../api/v1alpha1/signal-sources.ts'
import type { Instant, Mono } from '../../../kernel/time.ts'
import type { SignalClaim, UnknownReason } from '../evidence.ts'
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
  /** Whether the signal counted as True when it was last known: a threshold is left elsewhere than it is entered. */
  readonly stood: boolean
  /** When this process last saw the node boot. Undefined: it has not. */
  readonly bootedAt: Mono | undefined
}

export interface Clearing extends Look {
  readonly treatedAt: Instant
  /** Whether the boot ID differs from the one recorded before the treatment. */
  readonly bootChanged: boolean
  /** Pods that are bound to the node. Undefined: not read. */
  readonly pods: readonly Pod[] | undefined
}

/** What a source says of a node at this moment, before any hold. */
export type Claim = Omit<SignalClaim, 'name' | 'reason'> & {
  readonly reason?: Exclude<UnknownReason, 'BootGraceActive'>
}

export interface ClearedAnswer {
  readonly cleared: boolean
  readonly message: string
}

/** Until an answer is older than a policy allows. One that is, is looked for again: nobody tells of one that says the same. */
export const staleInMs = (limitMs: number, ageMs: number, pollMs: number): number =>
  ageMs > limitMs ? pollMs : limitMs - ageMs + 1

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
