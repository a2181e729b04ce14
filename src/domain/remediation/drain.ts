import type { Pod } from '../../api/core/pod.ts'
import { evictionRetryMs, evictionsInFlightMax, evictionsPerDomainMax, slowStopMs } from '../../api/pacing.ts'
import type { DrainRules } from '../../api/v1alpha1/treatment.ts'
import { type Instant, later, seconds } from '../../kernel/time.ts'
import { budgetsOf, nameOf } from '../drain/pod-budgets.ts'
import { type Classified, classOf, dealOf, type Refusal } from '../drain/pod-class.ts'
import { waveOf } from '../drain/wave.ts'
import type { Command } from './decision.ts'
import type { Observation } from './observation.ts'

/** Pods of the node by what the drain has to do with them. */
export interface Drain {
  /** Free to go, and not seen going yet. */
  readonly waiting: readonly Pod[]
  /** Accepted by the API server, within their grace. */
  readonly terminating: readonly Going[]
  /** Cannot be moved until somebody changes something. */
  readonly blocked: readonly BlockedPod[]
  /** DaemonSet, mirror and finished pods, and our own node jobs: they stay. */
  readonly skipped: readonly BlockedPod[]
}

interface Going {
  readonly pod: Pod
  readonly until: Instant
}

interface BlockedPod {
  readonly pod: Pod
  readonly reason: Classified['class']
  readonly message: string
}

export function drainOf({ now, pods, refusals, budgets, run }: Observation, rules: DrainRules): Drain {
  const bound = pods.map((pod) => ({
    pod,
    own: budgetsOf(pod, budgets.budgets),
    refusal: refusals[pod.metadata.uid],
  }))
  // What a budget has said of one of its pods it has said of all that it does not let go. A plan asks nobody.
  const refusing = new Set(bound.filter(({ refusal }) => isRefusal(refusal)).flatMap(({ own }) => own))
  const found = bound.map(({ pod, own, refusal }) => {
    const trustsBudgets = run.spec.dryRun || own.some((budget) => refusing.has(budget))
    return { pod, said: classOf(pod, { now, rules, own, refusal, trustsBudgets }) }
  })
  const dealtWith = (deal: ReturnType<typeof dealOf>) => found.filter(({ said }) => dealOf(said) === deal)
  const explained = ({ pod, said }: (typeof found)[number]): BlockedPod => ({
    pod,
    reason: said.class,
    message: said.message,
  })
  return {
    waiting: dealtWith('Waits').map(({ pod }) => pod),
    terminating: dealtWith('Leaves').map(({ pod, said }) => ({ pod, until: said.until ?? now })),
    blocked: dealtWith('Blocked').map(explained),
    skipped: dealtWith('Stays').map(explained),
  }
}

const isRefusal = (refusal: Refusal | undefined): boolean => refusal !== undefined && refusal.kind !== 'Accepted'

export const leftOf = ({ waiting, terminating, blocked }: Drain): number =>
  waiting.length + terminating.length + blocked.length

export const isDrained = (drain: Drain): boolean => leftOf(drain) === 0

/**
 * A wave of evictions. What is refused is asked for again after a while and holds up nobody else. Who is kept back by his owner, by
 * what he holds, or because nobody would bring him back, is never asked for.
 */
export function evictions(drain: Drain, seen: Observation, most: number = evictionsInFlightMax): readonly Command[] {
  const { refusals, budgets } = seen
  const leaving = onTheirWay(drain, seen)
  const wave = waveOf({
    free: drain.waiting.filter((pod) => !leaving.includes(pod)),
    blocked: drain.blocked.filter(({ reason }) => mayChange.includes(reason)).map(({ pod }) => pod),
    leaving,
    budgets,
    refusals,
    room: Math.min(most, roomFor(seen) - leaving.filter((pod) => !isSlow(pod, drain, seen.now)).length),
    sharers: Math.max(1, slotsOf(seen).length),
  })
  return wave.map(evict)
}

/** Accepted, whether they are seen going yet or not. */
export function onTheirWay(
  { terminating, waiting }: Drain,
  { refusals }: Pick<Observation, 'refusals'>,
): readonly Pod[] {
  const isAccepted = ({ metadata: { uid } }: Pod): boolean =>
    refusals[uid]?.kind === 'Accepted' && refusals[uid].agoMs < evictionRetryMs
  return [...terminating.map(({ pod }) => pod), ...waiting.filter(isAccepted)]
}

/** Only the API server knows whether these may go by now. */
const mayChange: readonly Classified['class'][] = ['DrainBlocked', 'NamespaceTerminating']

/** Runs on nodes of one topology domain share what may be on its way there. */
function roomFor(seen: Observation): number {
  const slots = slotsOf(seen)
  const ours = slots.find(({ runUID }) => runUID === seen.run.uid)?.domains ?? []
  const beside = slots.filter(({ domains }) =>
    domains.some(({ topologyKey, value }) =>
      ours.some((domain) => domain.topologyKey === topologyKey && domain.value === value),
    ),
  )
  return Math.min(evictionsInFlightMax, Math.max(1, Math.floor(evictionsPerDomainMax / Math.max(1, beside.length))))
}

const slotsOf = ({ ledger }: Observation) => (ledger.kind === 'Known' ? ledger.spec.slots : [])

/** It has been stopping for a while, and has its grace: others need not wait for it. */
function isSlow(pod: Pod, { terminating }: Drain, now: Instant): boolean {
  const going = terminating.find((one) => one.pod === pod)
  return going !== undefined && now > later(going.until, slowStopMs - seconds(pod.terminationGracePeriodSeconds))
}

const evict = ({ metadata: { namespace, name, uid } }: Pod): Command => ({ kind: 'Evict', namespace, pod: name, uid })

/** One sentence about what a drain leaves behind. */
export function leftInWords(drain: Drain): string {
  const [blocked] = drain.blocked
  const [slow] = drain.terminating
  const culprit =
    blocked === undefined
      ? slow && `${nameOf(slow.pod)} is still stopping`
      : `${nameOf(blocked.pod)}: ${blocked.message}`
  return `${leftOf(drain)} pods were left${culprit === undefined ? '' : `: ${culprit}`}`
}
