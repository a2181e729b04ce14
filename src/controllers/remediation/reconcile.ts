import { type NodeRemediation, type RunStatus, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { decide } from '../../domain/remediation/decide.ts'
import type { Command, Decision, Move, Stay } from '../../domain/remediation/decision.ts'
import { statusAfterMove, statusWhileWaiting } from '../../domain/remediation/status.ts'
import { unreachable } from '../../kernel/assert.ts'
import { mergePatch } from '../../kernel/merge-patch.ts'
import type { Result } from '../../runtime/worker.ts'
import { act, type Refusals } from './act.ts'
import { beforeBeginning, observe, type Seen } from './observe.ts'
import type { RemediationPorts } from './ports.ts'
import { readRoom } from './read-room.ts'
import { isStillAsSeen } from './still-as-seen.ts'

/** Observe, decide, act: one look at one run. */
export async function reconcile(ports: RemediationPorts, name: string, refusals: Refusals): Promise<Result> {
  const seen = await observe(ports, name, refusals)
  if (seen === undefined) return { requeueAfterMs: undefined }
  const looked = await lookAgain(ports, { seen, decision: decide(seen.observation) })
  if (!writesLedger(looked.decision)) return await settle(ports, looked, refusals)
  return await ports.custody.inTurn(async () => await settle(ports, await withNewestLedger(ports, looked), refusals))
}

interface Looked {
  readonly seen: Seen
  readonly decision: Decision
}

async function settle(ports: RemediationPorts, { seen, decision }: Looked, refusals: Refusals): Promise<Result> {
  const { observation, run, readAt } = seen
  ports.journal.append({ controller: 'remediation', key: run.metadata.name, observation, decision })
  switch (decision.kind) {
    case 'Move':
      await writeStatus(ports, run, statusAfterMove(observation, run.status, decision))
      tell(ports, seen, decision)
      return { requeueAfterMs: 0 }
    case 'Stay': {
      const written = await writeStatus(ports, run, statusWhileWaiting(observation, run.status, decision))
      if (written) tellHeld(ports, seen, decision)
      // It carries the version of the run that was read, and that has just changed.
      if (written && decision.commands.some(({ kind }) => kind === 'SetFinalizer')) return { requeueAfterMs: 0 }
      const acting = { run, refusals, effects: ports.onEvidenceOf(readAt) }
      for (const [index, command] of decision.commands.entries()) {
        if (index > 0 && !(await isStillAsSeen(ports, seen))) return { requeueAfterMs: 0 }
        await act(ports, command, acting)
      }
      return {
        requeueAfterMs:
          decision.commands.length > 0 ? Math.min(decision.wakeAfterMs, lookAgainMs) : decision.wakeAfterMs,
      }
    }
    case 'Settled':
      return { requeueAfterMs: undefined }
    default:
      return unreachable(decision)
  }
}

/** What the pauses that are known keep back needs no live read of them; what would be begun has to be free of them on one as well. */
async function lookAgain(ports: RemediationPorts, looked: Looked): Promise<Looked> {
  if (!begins(looked.decision)) return looked
  const seen = await beforeBeginning(ports, looked.seen)
  return { seen, decision: decide(seen.observation) }
}

function begins(decision: Decision): boolean {
  if (decision.kind === 'Move') return decision.next.name === 'Treating'
  return decision.kind === 'Stay' && decision.commands.some(({ kind }) => !cleaningUp.includes(kind))
}

/** What a pause does not stop; nor can a newer ledger, which whoever gives a slot back reads, make anything else of it. */
const cleaningUp: readonly Command['kind'][] = ['Uncordon', 'WithdrawReboot', 'TurnOn', 'SetFinalizer']

const writesLedger = (decision: Decision): boolean =>
  decision.kind === 'Stay' && decision.commands.some(({ kind }) => kind === 'ClaimSlot' || kind === 'ReleaseSlot')

/** Others had their turn since: what they have taken is taken. */
async function withNewestLedger(ports: RemediationPorts, { seen }: Looked): Promise<Looked> {
  const room = await readRoom(ports, seen.run, seen.observation.step)
  const observation = { ...seen.observation, ...room }
  return { seen: { ...seen, observation }, decision: decide(observation) }
}

/** After an effect the next look comes soon: done means seen. */
const lookAgainMs = 250

/** One writer, one version: whoever wrote meanwhile is read first. Nothing is written where nothing has changed. */
async function writeStatus(
  { effects }: RemediationPorts,
  { metadata, status }: NodeRemediation,
  next: RunStatus,
): Promise<boolean> {
  const patch = mergePatch(status, next)
  if (Object.keys(patch).length === 0) return false
  const { name, resourceVersion } = metadata
  await effects.cluster.patch(
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
