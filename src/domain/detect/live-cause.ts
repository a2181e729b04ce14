import type { ConditionStatus, Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { RunSpec } from '../../api/v1alpha1/node-remediation.ts'
import type { Instant } from '../../kernel/time.ts'
import { compileWhen, evaluateWhen } from '../policy/cel.ts'
import { nodeFactsOf } from '../policy/node-facts.ts'
import { claimOf, clearedOf, type SignalCleared } from './claim.ts'
import type { SignalClaim, UnknownReason } from './evidence.ts'
import { measuredBy } from './measured.ts'
import type { Moment } from './signal-memory.ts'
import type { Look } from './sources/source.ts'
import type { SourcesSeen } from './sources-seen.ts'

/** What was read in this very pass, to judge a run that is under way. */
export interface LiveEvidence extends Moment {
  readonly node: Node
  /** Whether the boot ID differs from the one recorded before the treatment. */
  readonly bootChanged: boolean
  readonly sources: SourcesSeen
  /** When the kubelet renewed its lease, if that is so lately that it is alive. Undefined: it is not known to be. */
  readonly kubeletAlive?: string | undefined
  /** Pods that are bound to the node: `clearedWhen` looks at those of DaemonSets. Undefined: not read. */
  readonly pods?: readonly Pod[]
}

export interface CauseJudgement {
  /** Unknown blocks a treatment, and it blocks "recovered" as well. */
  readonly verdict: ConditionStatus
  readonly message: string
  /** Of the first signal that is Unknown. */
  readonly reason?: UnknownReason | undefined
}

/**
 * Whether the run's own cause still stands, on live reads. Holds and heartbeats were asked when the run began: what a silent node
 * said last stands until something newer contradicts it.
 */
export function judgeCause(cause: RunSpec['cause'], evidence: LiveEvidence): CauseJudgement {
  if (cause.when === '') return { verdict: 'True', message: 'asked for by a person' }
  const when = compileWhen(
    cause.when,
    cause.signals.map(({ name }) => name),
  )
  if (!when.ok) return { verdict: 'Unknown', message: when.issues.map(({ message }) => message).join('; ') }

  const claimed = cause.signals.map((signal) => ({ signal, claim: claimOf(signal, lookAt(evidence)) }))
  const claims = claimed.map(({ claim }) => claim)
  const verdict = evaluateWhen(when.value, { ...measuredBy(claimed), node: nodeFactsOf(evidence.node) })
  const reason = claims.find(({ state }) => state === 'Unknown')?.reason
  return { verdict, message: describe(claims, cause.when, verdict), reason }
}

/** The signals of the cause that went and came again since their sources named these beginnings. */
export const comeAnew = (
  cause: RunSpec['cause'],
  evidence: LiveEvidence,
  saidSince: Readonly<Record<string, string>>,
): readonly string[] =>
  cause.signals
    .map((signal) => claimOf(signal, lookAt(evidence)))
    .filter((claim) => claim.state === 'True' && (saidSince[claim.name] ?? claim.saidSince) !== claim.saidSince)
    .map(({ name }) => name)

/**
 * For each signal of the cause, whether evidence newer than the treatment shows that it is over, by its own rule. Manual runs have
 * no signals, hence nothing to clear.
 */
export function judgeCleared(
  cause: RunSpec['cause'],
  evidence: LiveEvidence,
  treatedAt: Instant,
): readonly SignalCleared[] {
  const { bootChanged, pods } = evidence
  const seen = { ...lookAt(evidence), bootChanged, pods, treatedAt }
  return cause.signals.map((signal) => clearedOf(signal, seen))
}

/** Heartbeats are not asked: a live read is as fresh as it gets. What a run rests on stood when it began. */
const lookAt = ({ node, sources, now, mono, kubeletAlive }: LiveEvidence): Look => ({
  node,
  sources,
  now,
  mono,
  kubeletAlive,
  silentMs: () => undefined,
  stood: true,
  bootedAt: undefined,
})

/** Those that speak for the verdict first, in the words of their sources. */
function describe(claims: readonly SignalClaim[], when: string, verdict: ConditionStatus): string {
  const speaking = claims.filter(({ state }) => state === verdict)
  const shown = (speaking.length > 0 ? speaking : claims).map(({ name, message }) => `${name}: ${message}`)
  return `\`${when}\` is ${verdict}; ${shown.join('; ')}`.slice(0, 1_024)
}
