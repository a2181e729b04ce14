import { decideTriage } from '../../domain/triage/decide.ts'
import type { TriageObservation } from '../../domain/triage/observation.ts'
import { unreachable } from '../../kernel/assert.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { Result } from '../../runtime/worker.ts'
import { act } from './act.ts'
import { glance, observe } from './observe.ts'
import type { TriagePorts } from './ports.ts'

/** Time alone frees a node from its rate or cool-down: watches do not tell. */
const lookAgainMs = seconds(10)
/** Our own last write is not in the cache yet. */
const catchUpMs = 50

export async function reconcile(ports: TriagePorts, nodeName: string, memory: TriageMemory): Promise<Result> {
  if (memory.created !== undefined && !ports.runs.isCurrent(memory.created)) return { requeueAfterMs: catchUpMs }
  const { seen, decision, readAt } = await look(ports, nodeName)
  if (seen === undefined || decision === undefined) return { requeueAfterMs: undefined }

  ports.journal.append({ controller: 'triage', key: nodeName, observation: seen, decision })
  switch (decision.kind) {
    case 'Start':
    case 'Rehearse':
      if (!(await act(ports, ports.onEvidenceOf(readAt), decision.run))) return { requeueAfterMs: lookAgainMs }
      memory.created = decision.run.name
      ports.log.info(decision.kind === 'Start' ? 'Started remediation' : 'Rehearsed remediation', {
        node: nodeName,
        run: decision.run.name,
      })
      return { requeueAfterMs: lookAgainMs }
    case 'Hold':
      return { requeueAfterMs: lookAgainMs }
    case 'Nothing':
      return { requeueAfterMs: undefined }
    default:
      return unreachable(decision)
  }
}

/**
 * What the caches keep back needs no live read; what they would start has to be seen on live reads as well. An answer may take its
 * time: what the watches have told meanwhile keeps back as much as before.
 */
async function look(ports: TriagePorts, nodeName: string) {
  const readAt = ports.clock.mono()
  const cached = decided(readAt, glance(ports, nodeName))
  if (!begins(cached)) return cached
  const live = decided(readAt, await observe(ports, nodeName))
  if (!begins(live)) return live
  const since = decided(readAt, glance(ports, nodeName))
  return begins(since) ? live : since
}

const decided = (readAt: Mono, seen: TriageObservation | undefined) => ({
  readAt,
  seen,
  decision: seen && decideTriage(seen),
})

const begins = ({ decision }: ReturnType<typeof decided>): boolean =>
  decision?.kind === 'Start' || decision?.kind === 'Rehearse'

/** The run that was created last: its slot must be counted before the next one is started. */
export interface TriageMemory {
  created: string | undefined
}
