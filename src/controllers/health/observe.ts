import { ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import type { HealthObservation } from '../../domain/detect/observation.ts'
import type { SignalMemory } from '../../domain/detect/signal-memory.ts'
import type { HealthPorts } from './ports.ts'

/** From caches alone, and in one stretch. */
export function observe(
  ports: HealthPorts,
  nodeName: string,
  memory: SignalMemory | undefined,
): Omit<HealthObservation, 'around'> {
  const { nodes, prepared, runs, health, ledger, clock, disturbances } = ports
  const node = nodes.get({ name: nodeName })
  const starts = ledger.get({ name: ledgerName })?.spec?.starts ?? []
  return {
    now: clock.now(),
    nowAtLeast: clock.nowAtLeast(),
    missingRight: ports.missingRight(),
    mono: clock.mono(),
    nodeName,
    node,
    policies: prepared.list(),
    memory,
    disturbance: disturbances.last(),
    sources: ports.sources.seen(nodeName),
    starts: starts.filter(({ nodeUID }) => nodeUID === node?.metadata.uid),
    runs: runs.byIndex('node', nodeName).filter(({ spec }) => spec?.node.uid === node?.metadata.uid),
    stored: health.get({ name: nodeName }),
  }
}
