import { ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import type { HealthObservation } from '../../domain/detect/observation.ts'
import type { SignalMemory } from '../../domain/detect/signal-memory.ts'
import type { HealthPorts } from './ports.ts'

/** From caches alone, and in one stretch: both clocks are read together, for their difference tells a jump. */
export function observe(ports: HealthPorts, nodeName: string, memory: SignalMemory | undefined): HealthObservation {
  const { nodes, prepared, runs, health, ledger, alerts, clock } = ports
  const node = nodes.get({ name: nodeName })
  const starts = ledger.get({ name: ledgerName })?.spec?.starts ?? []
  return {
    now: clock.now(),
    mono: clock.mono(),
    nodeName,
    node,
    policies: prepared.list(),
    memory,
    alerts: alerts.seen(),
    starts: starts.filter(({ nodeUID }) => nodeUID === node?.metadata.uid),
    runs: runs.byIndex('node', nodeName).filter(({ spec }) => spec?.node.uid === node?.metadata.uid),
    stored: health.get({ name: nodeName }),
  }
}
