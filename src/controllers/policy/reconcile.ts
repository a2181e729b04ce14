import type { ObjectMeta } from '../../api/kind.ts'
import { ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { type NodeRemediationPolicy, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import type { Condition } from '../../api/v1alpha1/schema.ts'
import { guardStatus } from '../../domain/policy/guard-status.ts'
import { policyStatus } from '../../domain/policy/policy-status.ts'
import { isEqual, type JsonObject } from '../../kernel/json.ts'
import { seconds } from '../../kernel/time.ts'
import type { Patch } from '../../ports/cluster.ts'
import type { Log } from '../../ports/journal.ts'
import type { Result } from '../../runtime/worker.ts'
import type { WritePace } from '../write-pace.ts'
import { forgetOldRuns, forgetOrphans } from './history.ts'
import { observeGuard, observePolicy } from './observe.ts'
import type { PolicyPorts } from './ports.ts'
import { type CoolingWatch, keepLedger } from './upkeep.ts'

/** What crosses the queue for the one guard; no object's name has a slash. */
export const guardKey = `guard/${guardName}`

/** Time alone ends pauses and empties rates. */
const lookAgainMs = seconds(30)
/** A breaker that cools is looked at this often: time alone ends it. */
const coolingLookMs = seconds(2)
/** Our own last write is not in the cache yet. */
const catchUpMs = 50

/** What crosses the queue for the one ledger. */
export const ledgerKey = `ledger/${ledgerName}`

export interface PolicyMemory {
  readonly pace: WritePace
  readonly cooling: CoolingWatch
}

export async function reconcile(ports: PolicyPorts, key: string, { pace, cooling }: PolicyMemory): Promise<Result> {
  const waitMs = pace.waitMs(key, ports.clock.mono())
  if (waitMs > 0) return { requeueAfterMs: waitMs }
  if (key === guardKey) return await reconcileGuard(ports, pace)
  if (key === ledgerKey) return await reconcileLedger(ports, { pace, cooling })
  return await reconcilePolicy(ports, key, pace)
}

async function reconcileLedger(ports: PolicyPorts, { pace, cooling }: PolicyMemory): Promise<Result> {
  // A guard that is older than our own word would call the ledger that it has accepted a stranger.
  if (!ports.guards.isCurrent(guardName)) return { requeueAfterMs: catchUpMs }
  if (await keepLedger(ports, cooling)) pace.wrote(ledgerKey, ports.clock.mono())
  await forgetOrphans(ports)
  return { requeueAfterMs: cooling.isWatching() ? coolingLookMs : lookAgainMs }
}

async function reconcilePolicy(ports: PolicyPorts, name: string, pace: WritePace): Promise<Result> {
  if (!ports.policies.isCurrent(name)) return { requeueAfterMs: catchUpMs }
  const seen = observePolicy(ports, name)
  if (seen === undefined) return { requeueAfterMs: undefined }
  const status = policyStatus(seen)
  const { metadata, status: before } = seen.policy
  if (!isEqual(before, status)) {
    pace.wrote(name, ports.clock.mono())
    ports.journal.append({ controller: 'policy', key: name, observation: { figures: seen.figures }, decision: status })
    const patch = statusPatch(metadata, before, status)
    const written = await ports.effects.cluster.patch(policyKind, { name }, patch)
    ports.policies.wroteAt(name, written.metadata.resourceVersion)
    logReadiness(ports.log, seen.policy, status)
  }
  const { spec } = seen.policy
  if (spec !== undefined) await forgetOldRuns(ports, name, spec.history)
  return { requeueAfterMs: lookAgainMs }
}

async function reconcileGuard(ports: PolicyPorts, pace: WritePace): Promise<Result> {
  if (!ports.guards.isCurrent(guardName)) return { requeueAfterMs: catchUpMs }
  const seen = observeGuard(ports)
  if (seen === undefined) return { requeueAfterMs: undefined }
  const status = guardStatus(seen)
  const { metadata, status: before } = seen.guard
  if (!isEqual(before, status)) {
    pace.wrote(guardKey, ports.clock.mono())
    const observation = { ledger: seen.ledger.kind }
    ports.journal.append({ controller: 'policy', key: guardKey, observation, decision: status })
    const patch = statusPatch(metadata, before, status)
    const written = await ports.effects.cluster.patch(guardKind, { name: guardName }, patch)
    ports.guards.wroteAt(guardName, written.metadata.resourceVersion)
  }
  return { requeueAfterMs: lookAgainMs }
}

const statusPatch = ({ resourceVersion }: ObjectMeta, before: object, now: JsonObject): Patch => ({
  type: 'Merge',
  resourceVersion,
  body: { status: { ...gone(before, now), ...now } },
  subresource: 'status',
})

/** A merge patch takes a field away by null. */
const gone = (before: object, now: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(before).flatMap(([key, value]) =>
      value !== undefined && now[key] === undefined ? [[key, null]] : [],
    ),
  )

/** People who read the log learn of a broken policy where they look first. */
function logReadiness(log: Log, { metadata, status }: NodeRemediationPolicy, next: JsonObject): void {
  const isReady = ({ type }: Condition): boolean => type === 'Ready'
  const [before, now] = [status.conditions.find(isReady), policyConditions(next).find(isReady)]
  if (now === undefined || (before?.reason === now.reason && before.message === now.message)) return
  const fields = { policy: metadata.name, reason: now.reason, because: now.message }
  if (now.status === 'True') log.info('Accepted policy', fields)
  else log.warn('Policy is not ready', fields)
}

const policyConditions = (status: JsonObject): readonly Condition[] => policyKind.project({ status }).status.conditions
