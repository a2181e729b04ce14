import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { holdsSlot } from '../../domain/budget/ledger.ts'
import { slotFor } from '../../domain/budget/slot-for.ts'
import { isCordonedBy } from '../../domain/remediation/cordon.ts'
import type { Observation } from '../../domain/remediation/observation.ts'
import type { Step } from '../../domain/remediation/step.ts'
import { isUnderWay } from '../../domain/remediation/under-way.ts'
import { instant, parseTime } from '../../kernel/time.ts'
import { readLedger } from '../read-ledger.ts'
import type { RemediationPorts } from './ports.ts'

type RoomPorts = Pick<RemediationPorts, 'reader' | 'runs' | 'nodes' | 'shared'>

/**
 * First the ledger, then the runs: whoever was seen in the ledger and is taken out of it by hand had stored his step before. Listed the
 * other way round he could be in neither. Only who may claim asks for a live list; the others count nobody.
 */
export async function readRoom(
  ports: RoomPorts,
  run: NodeRemediation,
  step: Step,
): Promise<Pick<Observation, 'ledger' | 'underWay'>> {
  const ledger = await readLedger(ports.reader)
  const mayClaim = ledger.kind === 'Known' && !holdsSlot(ledger, run.metadata.uid) && claims(run, step)
  const runs = mayClaim ? await ports.reader.list(runKind) : ports.runs.list()
  return { ledger, underWay: runs.flatMap((other) => slotBeside(ports, run, other)) }
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
