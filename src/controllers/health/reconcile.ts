import { nodeKind } from '../../api/core/node.ts'
import { decide, type HealthDecision } from '../../domain/detect/decide.ts'
import type { HealthObservation } from '../../domain/detect/observation.ts'
import type { SignalMemory } from '../../domain/detect/signal-memory.ts'
import type { Result } from '../../runtime/worker.ts'
import { act } from './act.ts'
import { observe } from './observe.ts'
import type { HealthPorts } from './ports.ts'

/** What one replica remembers, by node name: warm in every replica, so that holds survive a change of leader. */
export type Memories = Map<string, SignalMemory>

/** Our own last write is not in the cache yet. */
const catchUpMs = 50

export async function reconcile(
  ports: HealthPorts,
  nodeName: string,
  { memories, leads }: { readonly memories: Memories; readonly leads: () => boolean },
): Promise<Result> {
  if (!ports.health.isCurrent(nodeName)) return { requeueAfterMs: catchUpMs }
  const seen = observe(ports, nodeName, memories.get(nodeName))
  const decision = decide(seen)
  if (decision.memory === undefined) memories.delete(nodeName)
  else memories.set(nodeName, decision.memory)
  if (decision.command !== undefined && leads()) await write(ports, seen, decision)
  return { requeueAfterMs: decision.wakeAfterMs }
}

async function write(ports: HealthPorts, seen: HealthObservation, decision: HealthDecision): Promise<void> {
  const { nodeName, node } = seen
  const { command, detected } = decision
  if (command === undefined) return
  ports.journal.append({ controller: 'health', key: nodeName, observation: seen, decision })
  await act(ports, nodeName, command)
  if (detected === undefined || node === undefined) return
  ports.log.info('Detected unhealthy node', { node: nodeName, because: detected })
  ports.events.record({
    regarding: { kind: nodeKind, object: node },
    type: 'Warning',
    reason: 'UnhealthyDetected',
    note: detected,
    action: 'Detect',
  })
}
