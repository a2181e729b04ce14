import { ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { guardName } from '../../api/v1alpha1/remediation-guard.ts'
import type { LedgerSeen } from '../../domain/budget/ledger.ts'
import type { GuardView } from '../../domain/policy/guard-status.ts'
import type { PolicyView } from '../../domain/policy/policy-status.ts'
import type { PolicyPorts } from './ports.ts'

/** Undefined: gone. */
export function observePolicy(ports: PolicyPorts, name: string): PolicyView | undefined {
  const policy = ports.policies.get({ name })
  if (policy === undefined) return undefined
  const [nodes, health, runs] = [ports.nodes.list(), ports.health.list(), ports.runs.list()]
  const guard = ports.guards.get({ name: guardName })
  const alerts = ports.alerts.seen()
  return {
    now: ports.clock.now(),
    policy,
    prepared: ports.prepared.list(),
    nodes,
    health,
    runs,
    guard: guard?.spec === undefined ? undefined : { spec: guard.spec, ledgerUID: guard.status.ledgerUID },
    ledger: cachedLedger(ports),
    pauses: ports.pauses.list(),
    figures: ports.shared.figures(name),
    sources: ports.sources.health(),
    alertsProblem: alerts.kind === 'Unavailable' ? alerts.message : undefined,
  }
}

/** Undefined: there is no guard. */
export function observeGuard(ports: PolicyPorts): GuardView | undefined {
  const guard = ports.guards.get({ name: guardName })
  const cluster = ports.shared.clusterFigures()
  return guard && { now: ports.clock.now(), guard, ledger: cachedLedger(ports), runs: ports.runs.list(), cluster }
}

export function cachedLedger({ ledger }: PolicyPorts): LedgerSeen {
  const known = ledger.get({ name: ledgerName })
  if (known === undefined) return { kind: 'Missing' }
  const { spec, problem, metadata } = known
  if (spec === undefined) return { kind: 'Unavailable', message: problem ?? 'its spec does not fit' }
  return { kind: 'Known', uid: metadata.uid, resourceVersion: metadata.resourceVersion, spec }
}
