import type { Node } from '../../api/core/node.ts'
import type { NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen } from '../../api/v1alpha1/node-remediation.ts'
import { isEqual, type JsonObject } from '../../kernel/json.ts'
import { type Instant, parseTime, seconds } from '../../kernel/time.ts'
import { exclusionOf } from '../policy/exclusion.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import { type PolicySelection, selectPolicy } from '../policy/select-policy.ts'
import type { Finding } from './diagnose.ts'
import { boutOf } from './episode.ts'
import { asksAround, type Found, foundIn, isQuiet } from './findings.ts'
import { forgetsAt, isReturning, withTurn } from './flapping.ts'
import { type HealthView, statusOf, unhealthyBecause } from './health-status.ts'
import { historyChangesAt } from './history-gates.ts'
import type { SignalSeen } from './hold.ts'
import type { HealthObservation } from './observation.ts'
import { type RipeDiagnosis, ripeOf } from './ripe.ts'
import { soonest } from './settle.ts'
import type { SignalMemory } from './signal-memory.ts'

export interface HealthDecision {
  /** Undefined: what is stored is what is believed. */
  readonly command: HealthCommand | undefined
  readonly memory: SignalMemory | undefined
  /** Undefined: only a change can change the answer. */
  readonly wakeAfterMs: number | undefined
  /** Diagnoses whose holds have elapsed on this process's own clock. */
  readonly ripe: readonly RipeDiagnosis[]
  /** Set on the transition to unhealthy: why, in one sentence. */
  readonly detected: string | undefined
}

export type HealthCommand =
  | { readonly kind: 'Create'; readonly body: JsonObject }
  | { readonly kind: 'Write'; readonly resourceVersion: string; readonly body: JsonObject }
  | { readonly kind: 'Delete'; readonly uid: string }

/**
 * What is believed of one node. Pure and total; the memory that comes out goes into the next look. `found`: what `foundIn` says of
 * this very look, where the caller has asked already.
 */
export function decide(seen: HealthObservation, found: Found | undefined = foundIn(seen)): HealthDecision {
  if (found === undefined)
    return { ...nothing, command: remove(seen.stored), memory: undefined, wakeAfterMs: undefined }
  return isQuiet(found, seen) ? leftAlone(seen, found) : weighed(seen, found)
}

/** Says what `weighed` would say of a quiet node, without weighing anything. */
const leftAlone = ({ now }: HealthObservation, { node, byPolicy, memory }: Found): HealthDecision => ({
  ...nothing,
  command: undefined,
  memory,
  wakeAfterMs: wholeMs(soonest(signalsChangeInMs(byPolicy), untilExclusionEnds(node, now))),
})

/** The whole of it, for any node. */
export function weighed(seen: HealthObservation, found: Found): HealthDecision {
  const { stored } = seen
  const { node, known, selecting, byPolicy, findings, memory } = found
  const selection = selectPolicy(seen.policies, node)
  const bouts = boutsOf(selecting, findings, { seen, memory, known, nodeUID: node.metadata.uid })
  const changes = changesOf(seen, { selection, memory, known, bouts })
  const remembered = { ...memory, bouts, changes }
  const view: HealthView = {
    seen,
    node,
    known,
    selection,
    byPolicy,
    findings,
    memory: remembered,
  }
  const wakeAfterMs = nextLook(view, found)

  const ripe = ripeOf(findings)
  if (isPlainlyHealthy(view)) return { ...nothing, ripe, command: remove(stored), memory: remembered, wakeAfterMs }
  if (stored !== undefined && known === undefined) {
    // A Node recreated under the old name is another node, and so is its health: the delete brings the next look.
    return { ...nothing, ripe, command: remove(stored), memory: remembered, wakeAfterMs }
  }
  const body = statusOf(view)
  const command = commandFor(known, node, body)
  const detected = command !== undefined && !wasUnhealthy(known) ? unhealthyBecause(view) : undefined
  return { command, memory: remembered, wakeAfterMs, detected, ripe }
}

const nothing = { detected: undefined, ripe: [] } as const

interface ChangeContext extends Pick<BoutContext, 'memory' | 'known'> {
  readonly selection: PolicySelection
  readonly bouts: SignalMemory['bouts']
}

/** When the diagnosis that counts came or went; what the last leader stored goes before what this replica saw. */
function changesOf(
  { now, runs }: HealthObservation,
  { selection, memory, known, bouts }: ChangeContext,
): readonly Instant[] {
  const stored = (known?.status.changes ?? []).flatMap((time) => parseTime(time) ?? [])
  const changes = stored.length >= memory.changes.length ? stored : memory.changes
  if (selection.kind === 'None') return changes
  const { name } = selection.policy
  const was = known?.status.diagnosis !== undefined || memory.bouts[name] !== undefined
  return withTurn(changes, { was, is: bouts[name] !== undefined, runs, now })
}

interface BoutContext {
  readonly seen: HealthObservation
  readonly memory: SignalMemory
  readonly known: NodeHealth | undefined
  readonly nodeUID: string
}

function boutsOf(
  policies: readonly PreparedPolicy[],
  findings: ReadonlyMap<string, Finding>,
  { seen, memory, known, nodeUID }: BoutContext,
): SignalMemory['bouts'] {
  const view = { nodeUID, now: seen.now, stored: known, runs: seen.runs }
  const bouts = policies.map(
    (policy) => [policy.name, boutOf(policy, findings.get(policy.name) ?? { kind: 'None' }, { memory, view })] as const,
  )
  return Object.fromEntries(bouts.flatMap(([name, bout]) => (bout === undefined ? [] : [[name, bout]])))
}

/**
 * The number of these objects follows trouble, not fleet size: a source that is down for everybody, or that nobody installed,
 * stands in the policy; a writer that fell silent on this very node stands here. What was trouble before the source went down is
 * not over because nobody can be asked.
 */
function isPlainlyHealthy({ selection, byPolicy, findings, memory, seen, known }: HealthView): boolean {
  if (selection.kind === 'None') return true
  if (seen.runs.some((run) => isOpen(run) && run.spec?.dryRun === false)) return false
  if (isReturning(memory.changes)) return false
  const signals = [...byPolicy.values()].flat()
  if (signals.some(({ claim }) => claim.state === 'True') || signals.some(isOwnDoubt)) return false
  const isInDoubt = [...findings.values()].some(
    (finding) => finding.kind === 'Unknown' && finding.unknown.some(isOutage),
  )
  return !(known !== undefined && isInDoubt)
}

const isOutage = ({ claim }: SignalSeen): boolean => claim.reason !== 'SignalMissing'

const isOwnDoubt = ({ signal, claim }: SignalSeen): boolean =>
  claim.reason === 'BootGraceActive' || (claim.reason === 'SignalStale' && signal.nodeCondition !== undefined)

const remove = (stored: NodeHealth | undefined): HealthCommand | undefined =>
  stored && { kind: 'Delete', uid: stored.metadata.uid }

interface Body {
  readonly spec: JsonObject
  readonly status: JsonObject
}

/** One write per change; a merge patch takes a field away by null. */
function commandFor(known: NodeHealth | undefined, node: Node, { spec, status }: Body): HealthCommand | undefined {
  if (known === undefined) return { kind: 'Create', body: { metadata: { name: node.metadata.name }, spec, status } }
  if (isEqual(known.spec, spec) && isEqual(known.status, status)) return undefined
  const body = {
    spec: { ...spec, policyName: spec['policyName'] ?? null },
    status: { ...status, diagnosis: status['diagnosis'] ?? null },
  }
  return { kind: 'Write', resourceVersion: known.metadata.resourceVersion, body }
}

const wasUnhealthy = (known: NodeHealth | undefined): boolean =>
  known?.status.conditions.some(({ type, status }) => type === 'Healthy' && status === 'False') ?? false

/** What stands around a node changes without a word from it. */
const lookAroundAgainMs = seconds(30)

/** The next moment at which time alone changes an answer. */
function nextLook({ byPolicy, memory, seen, node }: HealthView, found: Found): number | undefined {
  const wasSick = byPolicy.values().some((signals) => signals.some(({ claim }) => claim.state !== 'False'))
  const history = wasSick ? found.selecting.flatMap(({ spec }) => historyChangesAt(spec.limits, seen)) : []
  const moments: readonly Instant[] = [...history, ...forgetsAt(memory.changes)]
  const waits = [
    untilExclusionEnds(node, seen.now),
    asksAround(found) ? lookAroundAgainMs : undefined,
    ...moments.map((at) => at - seen.now),
  ]
  return wholeMs(waits.reduce(soonest, signalsChangeInMs(byPolicy)))
}

function signalsChangeInMs(byPolicy: Found['byPolicy']): number | undefined {
  let firstMs: number | undefined
  for (const signals of byPolicy.values())
    for (const { leftMs, changesMs } of signals) firstMs = soonest(firstMs, soonest(leftMs, changesMs))
  return firstMs
}

function untilExclusionEnds(node: Node, now: Instant): number | undefined {
  const until = exclusionOf(node)?.until
  return until && until - now
}

const wholeMs = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.ceil(ms))
