import { type NodeRemediation, type RunStatus, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { decide } from '../../domain/remediation/decide.ts'
import { type Command, type Decision, type Move, type Stay, writesLedger } from '../../domain/remediation/decision.ts'
import { statusAfterMove, statusWhileWaiting } from '../../domain/remediation/status.ts'
import { unreachable } from '../../kernel/assert.ts'
import { mergePatch } from '../../kernel/merge-patch.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { Result } from '../../runtime/worker.ts'
import { act, type Refusals } from './act.ts'
import { beforeBeginning, observe, type Seen } from './observe.ts'
import type { RemediationPorts } from './ports.ts'
import { isStillAsSeen } from './still-as-seen.ts'
import { wishOf } from './wish.ts'

/** Observe, decide, act: one look at one run. */
export async function reconcile(ports: RemediationPorts, name: string, refusals: Refusals): Promise<Result> {
  const looked = await look(ports, name, refusals)
  if (looked === undefined) return { requeueAfterMs: undefined }
  const { seen, decision } = looked
  ports.journal.append({ controller: 'remediation', key: name, observation: seen.observation, decision })
  switch (decision.kind) {
    case 'Move':
      await step(ports, seen, decision)
      return { requeueAfterMs: 0 }
    case 'Stay':
      return { requeueAfterMs: await stay(ports, { seen, decision, refusals }) }
    case 'Settled':
      return { requeueAfterMs: undefined }
    default:
      return unreachable(decision)
  }
}

/** Nothing after it asks the gates of a treatment anew: this step is its licence, and no older than an effect may be. */
async function step(ports: RemediationPorts, seen: Seen, decision: Move): Promise<void> {
  const { observation, run, readAt } = seen
  const effects = decision.next.name === 'Treating' ? ports.onEvidenceOf(readAt) : ports.effects
  await writeStatus(effects, run, statusAfterMove(observation, run.status, decision))
  tell(ports, seen, decision)
}

interface Staying {
  readonly seen: Seen
  readonly decision: Stay
  readonly refusals: Refusals
}

/** Milliseconds until the next look. */
async function stay(ports: RemediationPorts, { seen, decision, refusals }: Staying): Promise<number> {
  const { observation, run, readAt } = seen
  const { commands, wakeAfterMs } = decision
  const written = await writeStatus(ports.effects, run, statusWhileWaiting(observation, run.status, decision))
  if (written) tellHeld(ports, seen, decision)
  // It carries the version of the run that was read, and that has just changed.
  if (written && commands.some(({ kind }) => kind === 'SetFinalizer')) return 0
  const acting = { run, refusals, effects: ports.onEvidenceOf(readAt) }
  for (const [index, command] of commands.entries()) {
    if ((index > 0 || isUnconditional(command)) && !(await isStillAsSeen(ports, seen))) return 0
    if (!writesLedger(command)) await act(ports, command, acting)
    else if (!(await ports.clerk.write(wishOf(ports, seen, command.kind)))) return othersWereFasterMs
  }
  return commands.length > 0 ? Math.min(wakeAfterMs, lookAgainMs) : wakeAfterMs
}

/** Nothing in it would be refused if the node were another one by now: a BMC knows a machine, and a job the name of a node. */
const isUnconditional = ({ kind }: Command): boolean => kind === 'TurnOff' || kind === 'OrderNodeJob'

interface Looked {
  readonly seen: Seen
  readonly decision: Decision
}

/**
 * What the pauses that are known keep back needs no live read of them. What would be begun has to be free of them on one as well; and
 * one that is over already must not end anything.
 */
async function look(ports: RemediationPorts, name: string, refusals: Refusals): Promise<Looked | undefined> {
  const seen = await observe(ports, name, refusals)
  if (seen === undefined) return undefined
  const decision = decide(seen.observation)
  const mayEnd = decision.kind === 'Move' && seen.observation.pauses.length > 0
  if (!mayEnd && !begins(decision)) return { seen, decision }
  const fresh = await beforeBeginning(ports, seen)
  return { seen: fresh, decision: decide(fresh.observation) }
}

function begins(decision: Decision): boolean {
  if (decision.kind === 'Move') return decision.next.name === 'Treating'
  return decision.kind === 'Stay' && decision.commands.some(({ kind }) => !cleaningUp.includes(kind))
}

/** What a pause does not stop. */
const cleaningUp: readonly Command['kind'][] = ['ReleaseSlot', 'Uncordon', 'WithdrawNodeJob', 'TurnOn', 'SetFinalizer']

/** After an effect the next look comes soon: done means seen. */
const lookAgainMs = 250
/** What others have taken in the same write is in the next read; our caches have it soon after. */
const othersWereFasterMs = 50

/** One writer, one version: whoever wrote meanwhile is read first. Nothing is written where nothing has changed. */
async function writeStatus(
  { cluster }: Pick<Effects, 'cluster'>,
  { metadata, status }: NodeRemediation,
  next: RunStatus,
): Promise<boolean> {
  const patch = mergePatch(status, next)
  if (Object.keys(patch).length === 0) return false
  const { name, resourceVersion } = metadata
  await cluster.patch(
    runKind,
    { name },
    { type: 'Merge', resourceVersion, body: { status: patch }, subresource: 'status' },
  )
  return true
}

/** A hold is told when it begins and when its reason changes, never while it lasts. */
function tellHeld({ log, events }: RemediationPorts, { run }: Seen, { held }: Stay): void {
  const before = run.status.conditions.find(({ type, status }) => type === 'Held' && status === 'True')
  if (held === undefined || before?.reason === held.reason) return
  const { name } = run.metadata
  log.info('Held remediation', { run: name, node: run.spec?.node.name, reason: held.reason, because: held.message })
  events.record({
    regarding: { kind: runKind, object: run },
    related: run.spec?.node,
    type: 'Normal',
    reason: 'RemediationHeld',
    note: `${held.reason}: ${held.message}`,
    action: 'Hold',
  })
}

/** Events tell of transitions only, on the run and, beside it, on the node. */
function tell({ events, log }: RemediationPorts, { run }: Seen, { reason, message }: Move): void {
  log.info('Moved remediation', { run: run.metadata.name, node: run.spec?.node.name, reason, because: message })
  const type = ['NodeQuarantined', 'RemediationFailed', 'TreatmentFailed'].includes(reason) ? 'Warning' : 'Normal'
  events.record({
    regarding: { kind: runKind, object: run },
    related: run.spec?.node,
    type,
    reason,
    note: message,
    action: 'Remediate',
  })
}
