import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { isServing } from '../../domain/budget/figures.ts'
import { holdsSlot, type LedgerSeen } from '../../domain/budget/ledger.ts'
import { slotFor } from '../../domain/budget/slot-for.ts'
import { isCordonedBy } from '../../domain/remediation/cordon.ts'
import type { Observation } from '../../domain/remediation/observation.ts'
import type { Step } from '../../domain/remediation/step.ts'
import { isUnderWay } from '../../domain/remediation/under-way.ts'
import { instant, parseTime } from '../../kernel/time.ts'
import { readLedger } from '../read-ledger.ts'
import type { RemediationPorts } from './ports.ts'

type RoomPorts = Pick<RemediationPorts, 'reader' | 'runs' | 'nodes' | 'custody'> & {
  readonly shared: Pick<RemediationPorts['shared'], 'policy'>
}

export type Room = Pick<Observation, 'ledger' | 'underWay' | 'promised'>

/**
 * First the ledger, then the runs: whoever was seen in the ledger and is taken out of it by hand had stored his step before. Listed the
 * other way round he could be in neither. Only who may claim asks for a live list, and only where somebody else may have had his hands
 * on the ledger since the last one: in a storm every claim would list every run.
 */
export async function readRoom(ports: RoomPorts, run: NodeRemediation, step: Step): Promise<Room> {
  const ledger = await readLedger(ports.reader)
  const mayClaim = ledger.kind === 'Known' && !holdsSlot(ledger, run.metadata.uid) && claims(run, step)
  const runs =
    mayClaim && !ports.custody.holds(ledger.resourceVersion)
      ? await listBeside(ports, ledger.resourceVersion)
      : ports.runs.list()
  return roomOf(ports, run, { ledger, runs })
}

/** The same from the caches: for a version of the ledger that is known to name everybody whom they do not. */
export const besideLedger = (ports: RoomPorts, run: NodeRemediation, ledger: LedgerSeen): Room =>
  roomOf(ports, run, { ledger, runs: ports.runs.list() })

interface Listed {
  readonly ledger: LedgerSeen
  readonly runs: readonly NodeRemediation[]
}

const roomOf = (ports: RoomPorts, run: NodeRemediation, { ledger, runs }: Listed): Room => ({
  ledger,
  underWay: runs.flatMap((other) => slotBeside(ports, run, other)),
  promised: promisedIn(ledger, run, ports.nodes),
})

/** Nodes of the policy that others have a slot for, and that still count as healthy: they are about to be cordoned. */
function promisedIn(ledger: LedgerSeen, { metadata, spec }: NodeRemediation, nodes: RoomPorts['nodes']): number {
  if (ledger.kind !== 'Known') return 0
  const others = ledger.spec.slots.filter(
    ({ runUID, policyName }) => runUID !== metadata.uid && policyName === spec?.policyName,
  )
  return others.filter(({ nodeName }) => {
    const node = nodes.get({ name: nodeName })
    return node !== undefined && isServing(node)
  }).length
}

/** Where the cache shows them all as they were listed, it goes on telling of whoever the ledger does not name. */
async function listBeside(
  { reader, runs, custody }: RoomPorts,
  ledgerVersion: string,
): Promise<readonly NodeRemediation[]> {
  const listed = await reader.list(runKind)
  const isCurrent = listed.every(
    ({ metadata }) => runs.get({ name: metadata.name })?.metadata.resourceVersion === metadata.resourceVersion,
  )
  if (isCurrent) custody.take(ledgerVersion)
  return listed
}

/** Who waits for people on a later rung claims as well, once its node is found healed. */
const claims = ({ spec }: NodeRemediation, step: Step): boolean =>
  spec?.dryRun === false && (step.name === 'Claiming' || (step.name === 'Approving' && step.rung > 0))

function slotBeside(
  { nodes, shared }: RoomPorts,
  run: NodeRemediation,
  { metadata, spec, status: { step } }: NodeRemediation,
): Observation['underWay'] {
  const { uid, name } = metadata
  if (step === undefined || spec === undefined || spec.dryRun || uid === run.metadata.uid) return []
  const node = nodes.get({ name: spec.node.name })
  if (!isUnderWay(step, node !== undefined && isCordonedBy(node, uid))) return []
  const at = parseTime(step.since) ?? instant(0)
  const limits = shared.policy(spec.policyName)?.limits
  return [slotFor({ uid, name, spec }, { labels: node?.metadata.labels ?? {}, limits, at })]
}
