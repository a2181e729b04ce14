import type { KubeObject } from '../../api/kind.ts'
import type { DisruptionLedger } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { NodeRemediationPolicy } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { RemediationGuard } from '../../api/v1alpha1/remediation-guard.ts'
import type { RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import { relievingStages } from '../../domain/remediation/under-way.ts'
import { isEqual } from '../../kernel/json.ts'
import type { Change } from '../../runtime/cache.ts'
import { mayFree } from '../ledger-news.ts'

interface Watched<Thing extends KubeObject> {
  readonly onChange: (handler: (change: Change<Thing>) => void) => void
}

/** What the gates that all runs share are read from. */
export interface SharedWatches {
  readonly ledgers: Watched<DisruptionLedger>
  readonly policies: Watched<NodeRemediationPolicy>
  readonly guards: Watched<RemediationGuard>
  readonly pauses: Watched<RemediationPause>
}

/**
 * What the shared gates read may free somebody, but not everybody: a look costs half a dozen live reads, and in a storm the ledger
 * and the figures of the policy change with every node. Whoever is passed over looks again by itself, only later.
 */
export function wakeByShared(
  { ledgers, policies, guards, pauses }: SharedWatches,
  wakeWhere: (concerned: (run: NodeRemediation) => boolean) => void,
): void {
  ledgers.onChange((change) => wakeWhere(concernedBy(change)))
  const changed = ({ old, new: now }: Change<KubeObject>): void => {
    if (old === undefined || old.metadata.generation !== now?.metadata.generation) wakeWhere(isUnderWay)
  }
  policies.onChange(changed)
  guards.onChange(changed)
  pauses.onChange(() => wakeWhere(isUnderWay))
}

/** A breaker concerns all that are under way, a slot that is free whoever waits for one; and one that is taken, whoever took it. */
function concernedBy(change: Change<DisruptionLedger>): (run: NodeRemediation) => boolean {
  const { old, new: now } = change
  const isAboutSlots = isEqual(old?.spec?.breakers, now?.spec?.breakers) && old?.metadata.uid === now?.metadata.uid
  if (!isAboutSlots) return isUnderWay
  if (mayFree(change)) return waitsForSlot
  const held = slotsOf(old)
  const taken = slotsOf(now).difference(held)
  return (run) => waitsForSlot(run) && taken.has(run.metadata.uid)
}

const slotsOf = (ledger: DisruptionLedger | undefined): ReadonlySet<string> =>
  new Set(ledger?.spec?.slots.map(({ runUID }) => runUID))

/** A quarantined run waits for people, and they write into the run itself. */
const isUnderWay = ({ status: { step } }: NodeRemediation): boolean =>
  step?.name !== 'Done' && step?.name !== 'Quarantined'

const waitsForSlot = ({ status: { step } }: NodeRemediation): boolean =>
  step === undefined || step.name === 'Approving' || step.name === 'Claiming'

/** A node that falls over changes all its pods within moments, and each look is half a dozen live reads. */
const podsSettleMs = 250

/**
 * How long after a pod of its node has changed a run looks. Undefined: not for that. While a treatment runs it looks every second
 * anyway, and only relief asks for pods.
 */
export function podsWakeAfterMs({ status: { step } }: NodeRemediation): number | undefined {
  const asks = step?.name === 'Treating' ? relievingStages.some((stage) => stage === step.stage) : step?.name !== 'Done'
  return asks ? podsSettleMs : undefined
}
