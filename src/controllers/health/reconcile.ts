import { nodeKind } from '../../api/core/node.ts'
import { decide, type HealthDecision } from '../../domain/detect/decide.ts'
import { asksAround, foundIn } from '../../domain/detect/findings.ts'
import type { HealthObservation } from '../../domain/detect/observation.ts'
import type { SignalMemory } from '../../domain/detect/signal-memory.ts'
import type { Result } from '../../runtime/worker.ts'
import type { WritePace } from '../write-pace.ts'
import { act } from './act.ts'
import { observe } from './observe.ts'
import type { HealthPorts } from './ports.ts'

/** What one replica remembers between looks. */
export interface HealthMemory {
  /** By node name: warm in every replica, so that holds survive a change of leader. */
  readonly signals: Map<string, SignalMemory>
  readonly pace: WritePace
}

/** Our own last write is not in the cache yet. */
const catchUpMs = 50

export async function reconcile(
  ports: HealthPorts,
  nodeName: string,
  { memory, leads }: { readonly memory: HealthMemory; readonly leads: () => boolean },
): Promise<Result> {
  if (!ports.health.isCurrent(nodeName)) return { requeueAfterMs: catchUpMs }
  const { seen, decision } = look(ports, nodeName, memory.signals.get(nodeName))
  ports.ripe.note(nodeName, seen.node?.metadata.uid, decision.ripe)
  if (decision.memory === undefined) memory.signals.delete(nodeName)
  else memory.signals.set(nodeName, decision.memory)
  if (decision.memory === undefined) memory.pace.forget(nodeName)
  if (decision.command === undefined || !leads()) return { requeueAfterMs: decision.wakeAfterMs }

  const waitMs = memory.pace.waitMs(nodeName, seen.mono)
  if (waitMs > 0) return { requeueAfterMs: Math.min(waitMs, decision.wakeAfterMs ?? waitMs) }
  await write(ports, seen, decision)
  memory.pace.wrote(nodeName, seen.mono)
  return { requeueAfterMs: decision.wakeAfterMs }
}

/** What stands around a node costs more than its signals, and is looked at only where they amount to a diagnosis. */
function look(ports: HealthPorts, nodeName: string, memory: SignalMemory | undefined) {
  const signs = observe(ports, nodeName, memory)
  const found = foundIn(signs)
  const around = found !== undefined && asksAround(found) ? ports.surroundings.of(found.node) : undefined
  const seen: HealthObservation = { ...signs, around }
  return { seen, decision: decide(seen, found) }
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
