import type { Breaker, LedgerSpec, Slot, Start } from '../../api/v1alpha1/disruption-ledger.ts'
import { isOpen, type NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { PolicySpec } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { GuardSpec } from '../../api/v1alpha1/remediation-guard.ts'
import { shortHash } from '../../kernel/sha256.ts'
import { hours, type Instant, parseTime, seconds } from '../../kernel/time.ts'
import { type Canary, canaryOf, nextBreaker } from './breaker.ts'
import { type Excess, excessesOf } from './excess.ts'
import type { ClusterFigures, Figures } from './figures.ts'
import { type LedgerSeen, withoutSlot } from './ledger.ts'

/** All that the leader's look at the ledger may depend on. */
export interface UpkeepView {
  readonly now: Instant
  /** By which what is old is told: a clock that was set forward makes nothing old. */
  readonly nowAtLeast: Instant
  readonly ledger: Extract<LedgerSeen, { readonly kind: 'Known' }>
  readonly guard: GuardSpec
  /** What the guard remembers. */
  readonly ledgerUID: string | undefined
  readonly policies: readonly CountedPolicy[]
  readonly cluster: ClusterFigures
  readonly runs: readonly NodeRemediation[]
  /** How long this process has seen the breaker of the scope cool. */
  readonly seenCoolingMs: (breaker: Breaker) => number
  /** Slots of runs that a live read has shown to be gone, and whose node bears no cordon of theirs. */
  readonly abandoned: ReadonlySet<string>
}

interface CountedPolicy {
  readonly name: string
  /** Undefined: it is not valid, and then it does nothing. */
  readonly spec: PolicySpec | undefined
  readonly figures: Figures
}

/** What the ledger should say: the breakers one step on, and nothing that nobody owns. The same value where nothing changes. */
export function upkept(view: UpkeepView): LedgerSpec {
  const { now, ledger, abandoned } = view
  // Who may have been cordoned counts as an attempt.
  const owned = [...abandoned].reduce(
    (spec, runUID) => withoutSlot(spec, runUID, { now, attempted: true, diagnosis: '' }),
    ledger.spec,
  )
  return { ...owned, starts: keptStarts(owned, view), breakers: nextBreakers(view) }
}

const breakersMax = 100

function nextBreakers(view: UpkeepView): readonly Breaker[] {
  const { breakers } = view.ledger.spec
  const names = view.policies.map(({ name }) => name)
  const orphans = breakers.map(({ scope }) => scope).filter((scope) => scope !== '' && !names.includes(scope))
  const scopes = ['', ...names, ...orphans]
  const next = scopes.flatMap((scope) => {
    const current = breakers.find((breaker) => breaker.scope === scope)
    const breaker = nextBreaker(current, { ...lookAt(view, scope, current) })
    // A policy that is gone keeps its trip until it has cooled: to delete it must not buy a remediation.
    const isOver = orphans.includes(scope) && breaker?.state === 'HalfOpen'
    return breaker === undefined || isOver ? [] : [breaker]
  })
  // Who is listed stays listed. One that finds no room is held by its figures, which are asked at every start.
  const known = new Set(breakers.map(({ scope }) => scope))
  const [kept, added] = [next.filter(({ scope }) => known.has(scope)), next.filter(({ scope }) => !known.has(scope))]
  return [...kept, ...added.slice(0, breakersMax - kept.length)].toSorted((left, right) =>
    left.scope < right.scope ? -1 : 1,
  )
}

function lookAt(view: UpkeepView, scope: string, current: Breaker | undefined) {
  const { now, guard, ledger } = view
  const { isDoubtful, excesses } = scope === '' ? lookAtCluster(view) : lookAtPolicy(view, scope)
  const canary: Canary = current === undefined ? 'None' : canaryOf(current, ledger.spec)
  return {
    scope,
    now,
    excesses,
    isDoubtful,
    canary,
    acknowledged: guard.acknowledgedTrips,
    coolingMs: seconds(guard.coolingSeconds),
    seenCoolingMs: current === undefined ? 0 : view.seenCoolingMs(current),
    // New by the version that the write replaces: a version is never written twice.
    tripID: `trip-${shortHash([scope, ledger.uid, ledger.resourceVersion].join('/'))}`,
  }
}

interface Look {
  readonly isDoubtful: boolean
  readonly excesses: readonly Excess[]
}

const nobody = { selected: 0, healthy: 0, faults: 0, loads: 0 }

function lookAtCluster(view: UpkeepView): Look {
  const { cluster, guard, ledger } = view
  const replaced = ledgerReplaced(view)
  const isDoubtful = cluster.kind === 'Doubtful'
  const share = isDoubtful ? nobody : cluster.share
  const others = excessesOf({ name: '', share, maxUnhealthy: guard.maxUnhealthy, ledger: ledger.spec })
  return { isDoubtful, excesses: replaced === undefined ? others : [replaced, ...others] }
}

function lookAtPolicy({ policies, ledger }: UpkeepView, scope: string): Look {
  const policy = policies.find(({ name }) => name === scope)
  if (policy === undefined) return { isDoubtful: false, excesses: [] }
  if (policy.spec === undefined || policy.figures.kind === 'Doubtful') return { isDoubtful: true, excesses: [] }
  const { maxUnhealthy } = policy.spec.limits
  const share = policy.figures.policy
  return { isDoubtful: false, excesses: excessesOf({ name: scope, share, maxUnhealthy, ledger: ledger.spec }) }
}

function ledgerReplaced({ ledger, ledgerUID, runs }: UpkeepView): Excess | undefined {
  if (!isReplaced(ledger, ledgerUID, runs)) return undefined
  const known = ledgerUID === undefined ? 'it does not know the runs under way' : `${ledgerUID} was known`
  const message = `the ledger came back as ${ledger.uid}, ${known}: who disrupts what, and who started when, is forgotten`
  return { input: 'LedgerReplaced', message, figure: 0, ledgerUID: ledger.uid }
}

/**
 * Whether this is not the ledger that was here before. Without a memory, one that does not know the runs under way is not the one
 * that started them.
 */
export function isReplaced(
  { uid, spec }: Extract<LedgerSeen, { readonly kind: 'Known' }>,
  ledgerUID: string | undefined,
  runs: readonly NodeRemediation[],
): boolean {
  if (ledgerUID !== undefined) return ledgerUID !== uid
  return runs.some(
    (run) =>
      isOpen(run) &&
      run.status.startTime !== undefined &&
      spec.starts.every(({ runUID }) => runUID !== run.metadata.uid),
  )
}

const startsRoomy = 500

/**
 * A start is kept as long as any window can reach it; in a ledger that fills, as long as the windows of today do. One whose time is
 * still to come stays: which clock is wrong cannot be told, and to forget a start would buy one.
 */
function keptStarts({ starts }: LedgerSpec, { nowAtLeast, policies }: UpkeepView): readonly Start[] {
  if (starts.length <= startsRoomy) return starts
  const reach = Math.max(hours(24), ...policies.map(({ spec }) => reachOf(spec)))
  return starts.filter((start) => start.endTime === undefined || nowAtLeast - latestOf(start, nowAtLeast) < reach)
}

const latestOf = ({ startTime, endTime }: Start, now: Instant): number =>
  parseTime(endTime) ?? parseTime(startTime) ?? now

const reachOf = (spec: PolicySpec | undefined): number =>
  spec === undefined
    ? 30 * hours(24)
    : seconds(Math.max(spec.limits.cooldownSeconds, spec.limits.attempts.windowSeconds))

/** Slots whose run the caches do not show as open: a live read says whether anybody is behind them. */
export const doubtfulSlots = ({ slots }: LedgerSpec, runs: readonly NodeRemediation[]): readonly Slot[] => {
  const open = new Set(runs.filter(isOpen).map(({ metadata }) => metadata.uid))
  return slots.filter(({ runUID }) => !open.has(runUID))
}

/** What people are told of: a breaker that opened, and one that closed. */
export interface BreakerChange {
  readonly kind: 'Opened' | 'Cooling' | 'HalfOpen' | 'Closed'
  readonly breaker: Breaker
}

export function breakerChanges(before: readonly Breaker[], after: readonly Breaker[]): readonly BreakerChange[] {
  const gone = before.filter(({ scope }) => after.every((breaker) => breaker.scope !== scope))
  const closed = gone
    .filter(({ state }) => state !== 'Acknowledged')
    .map((breaker) => ({ kind: 'Closed', breaker }) as const)
  const changed = after.flatMap((breaker): readonly BreakerChange[] => {
    const old = before.find(({ scope }) => scope === breaker.scope)
    if (old?.tripID !== breaker.tripID) return [{ kind: 'Opened', breaker }]
    if (old.state === breaker.state || breaker.state === 'Open') return []
    return [{ kind: breaker.state === 'Acknowledged' ? 'Closed' : breaker.state, breaker }]
  })
  return [...closed, ...changed]
}
