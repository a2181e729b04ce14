import { meta } from '../../api/kind.fixture.ts'
import { type DisruptionLedger, ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import { policyStatusSchema } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind } from '../../api/v1alpha1/remediation-guard.ts'
import { pauseKind, type RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Figures } from '../budget/figures.ts'
import type { LedgerSeen } from '../budget/ledger.ts'
import { decide } from '../detect/decide.ts'
import { after, noon } from '../detect/evidence.fixture.ts'
import { hungNode, observation, storedBy } from '../detect/observation.fixture.ts'
import type { HealthObservation } from '../detect/observation.ts'
import { policyStatus } from '../policy/policy-status.ts'
import { preparedPolicy } from '../policy/prepared-policy.fixture.ts'
import type { PreparedPolicy } from '../policy/prepared-policy.ts'
import type { LadderParts } from './ladder-parts.ts'

export interface Bed {
  /** What the health controller saw last; the looks before it, if memory matters. */
  readonly looks?: readonly Partial<HealthObservation>[]
  readonly ledger?: JsonObject | 'Missing' | 'Unavailable'
  readonly pauses?: readonly JsonObject[]
  readonly figures?: Figures
  readonly guard?: JsonObject
  readonly ledgerUID?: string
}

/** The objects as the controllers would leave them: a hung node, one policy that acts, everything free. */
export function ladderParts(bed: Bed = {}, unusual: Partial<LadderParts> = {}): LadderParts {
  const { looks = [{ node: hungNode() }] } = bed
  let memory: HealthObservation['memory']
  let health: LadderParts['health']
  let seen = observation()
  for (const look of looks) {
    seen = observation({ node: hungNode(), memory, stored: health, ...look })
    const decision = decide(seen)
    memory = decision.memory
    health = storedBy(decision.command, health)
  }
  const guard = guardKind.project({
    metadata: { name: 'cluster' },
    spec: bed.guard ?? {},
    status: { ledgerUID: bed.ledgerUID ?? 'uid-of-ledger' },
  })
  const ledger = ledgerOf(bed, seen)
  const pauses = (bed.pauses ?? []).map(pauseOf)
  return {
    now: after(300),
    node: seen.node ?? hungNode(),
    health,
    policies: seen.policies.map((policy) => statedPolicy(policy, { bed, seen, ledger, pauses, guard })),
    guard,
    ledger,
    pauses,
    run: undefined,
    ...unusual,
  }
}

const ledgerOf = ({ ledger }: Bed, { starts }: HealthObservation): DisruptionLedger | undefined =>
  ledger === 'Missing' || ledger === 'Unavailable'
    ? undefined
    : ledgerKind.project({
        metadata: { name: 'cluster', uid: 'uid-of-ledger', resourceVersion: '1' },
        spec: { starts: starts.map((start) => ({ ...start })), ...ledger },
      })

interface Context {
  readonly bed: Bed
  readonly seen: HealthObservation
  readonly ledger: DisruptionLedger | undefined
  readonly pauses: readonly RemediationPause[]
  readonly guard: LadderParts['guard']
}

function statedPolicy(
  { name, spec }: PreparedPolicy,
  { bed, seen, ledger, pauses, guard }: Context,
): NodeRemediationPolicy {
  const share = { selected: 10, healthy: 9, faults: 1, loads: 0 }
  const metadata = meta(name, { generation: 1 })
  const policy = { metadata, spec, status: policyStatusSchema.parse({}), problem: undefined }
  const status = policyStatus({
    now: noon,
    policy,
    prepared: seen.policies,
    nodes: [],
    health: [],
    runs: [],
    guard: guard?.spec && { spec: guard.spec, ledgerUID: guard.status.ledgerUID },
    ledger: ledgerSeen(bed, ledger),
    pauses,
    figures: bed.figures ?? { kind: 'Known', policy: share, cluster: share },
    alertsProblem: undefined,
  })
  return { ...policy, status: policyStatusSchema.parse(status) }
}

function ledgerSeen({ ledger }: Bed, stored: DisruptionLedger | undefined): LedgerSeen {
  if (ledger === 'Unavailable') return { kind: 'Unavailable', message: 'its spec does not fit' }
  if (stored?.spec === undefined) return { kind: 'Missing' }
  return { kind: 'Known', uid: stored.metadata.uid, resourceVersion: '1', spec: stored.spec }
}

const pauseOf = (spec: JsonObject): RemediationPause =>
  pauseKind.project({ metadata: { name: 'pause-1' }, spec: { reason: 'incident 4711', ...spec } })

export const withTopology = (): PreparedPolicy =>
  preparedPolicy({ limits: { topologyLimits: [{ topologyKey: 'topology.kubernetes.io/zone', maxConcurrent: 1 }] } })
