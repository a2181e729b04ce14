import { decideTriage } from '../../domain/triage/decide.ts'
import { unreachable } from '../../kernel/assert.ts'
import { seconds } from '../../kernel/time.ts'
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
  const { seen, decision } = await look(ports, nodeName)
  if (seen === undefined || decision === undefined) return { requeueAfterMs: undefined }

  ports.journal.append({ controller: 'triage', key: nodeName, observation: seen, decision })
  switch (decision.kind) {
    case 'Start':
    case 'Rehearse':
      if (!(await act(ports, decision.run))) return { requeueAfterMs: lookAgainMs }
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

/** What the caches keep back needs no live read; what they would start has to be seen on live reads as well. */
async function look(ports: TriagePorts, nodeName: string) {
  const seen = glance(ports, nodeName)
  const decision = seen && decideTriage(seen)
  if (decision?.kind !== 'Start' && decision?.kind !== 'Rehearse') return { seen, decision }
  const live = await observe(ports, nodeName)
  return { seen: live, decision: live && decideTriage(live) }
}

/** The run that was created last: its slot must be counted before the next one is started. */
export interface TriageMemory {
  created: string | undefined
}
