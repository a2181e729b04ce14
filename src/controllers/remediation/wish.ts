import type { Node } from '../../api/core/node.ts'
import { notExcluded } from '../../domain/policy/exclusion.ts'
import { decide } from '../../domain/remediation/decide.ts'
import { type LedgerCommand, writesLedger } from '../../domain/remediation/decision.ts'
import type { Observation } from '../../domain/remediation/observation.ts'
import type { LedgerKnown, LedgerWish } from '../ledger-clerk.ts'
import { type Seen, sharedFor } from './observe.ts'
import type { RemediationPorts } from './ports.ts'
import { besideLedger } from './read-room.ts'

/**
 * The same command, decided anew on the ledger that the clerk has read and on all that this process has heard since the look. Nothing
 * but that command: whatever else would be decided by now is for the next look.
 */
export const wishOf = (ports: RemediationPorts, seen: Seen, kind: LedgerCommand['kind']): LedgerWish => ({
  readAt: seen.readAt,
  on: (ledger) => {
    if (kind === 'ClaimSlot' && (!knowsAll(ports, seen, ledger) || isToldToStop(ports, seen))) return undefined
    const decision = decide(heardSince(ports, seen, ledger))
    if (decision.kind !== 'Stay') return undefined
    return decision.commands.filter(writesLedger).find((command) => command.kind === kind)?.ledger
  },
})

/** Whether somebody here knows all who are under way beside this ledger: by custody of it, or by a list made for this very version. */
const knowsAll = ({ custody }: RemediationPorts, { observation }: Seen, { resourceVersion }: LedgerKnown): boolean =>
  custody.holds(resourceVersion) || isSeen(observation, resourceVersion)

const isSeen = ({ ledger }: Observation, resourceVersion: string): boolean =>
  ledger.kind === 'Known' && ledger.resourceVersion === resourceVersion

function heardSince(ports: RemediationPorts, { run, observation }: Seen, ledger: LedgerKnown): Observation {
  const room = besideLedger(ports, run, ledger)
  return {
    ...observation,
    ...room,
    // Of a list that was made for this very version the cache may lack somebody.
    underWay: isSeen(observation, ledger.resourceVersion) ? observation.underWay : room.underWay,
    now: ports.clock.now(),
    nowAtLeast: ports.clock.nowAtLeast(),
    frozen: ports.disturbances.frozen(),
    missingRight: ports.missingRight(),
    shared: sharedFor(ports, run.spec?.policyName ?? ''),
    pauses: [...observation.pauses, ...ports.shared.pauses()],
  }
}

/** By people since the look, and the watches have told of it: a cancel or another spec of the run, a mark on the node. */
function isToldToStop({ runs, nodes, clock }: RemediationPorts, { run, observation }: Seen): boolean {
  const known = runs.get({ name: run.metadata.name })
  const node = nodes.get({ name: run.spec?.node.name ?? '' })
  // A deletion counts as a change of the spec as well.
  const isChanged = (known?.metadata.generation ?? 0) > (observation.generation ?? 0)
  const isExcluded = (of: Node | undefined): boolean =>
    of !== undefined && notExcluded(of, clock.nowAtLeast()).result !== 'Pass'
  const seen = observation.node.kind === 'Present' ? observation.node.node : undefined
  return isChanged || (isExcluded(node) && !isExcluded(seen))
}
