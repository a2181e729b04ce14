import { type Node, nodeKind } from '../../api/core/node.ts'
import { ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { pauseKind, type RemediationPause } from '../../api/v1alpha1/remediation-pause.ts'
import type { LedgerSeen } from '../../domain/budget/ledger.ts'
import { ripeKey } from '../../domain/detect/ripe.ts'
import { firstRung } from '../../domain/surroundings/surroundings.ts'
import type { TriageObservation } from '../../domain/triage/observation.ts'
import { ledgerSeen, readLedger } from '../read-ledger.ts'
import type { TriagePorts } from './ports.ts'

/**
 * From the caches alone. It may keep a node back, and licenses nothing: in a storm many wait for few slots, and whoever waits costs
 * the API server nothing. Undefined: nothing is believed about this node.
 */
export function glance(ports: TriagePorts, nodeName: string): TriageObservation | undefined {
  const node = ports.nodes.get({ name: nodeName })
  const ledger = ledgerSeen(ports.ledger.get({ name: ledgerName }))
  return observation(ports, nodeName, { node, ledger, pauses: ports.shared.pauses() })
}

/** The same with a Node and a ledger that were read just now; and with the pauses, where their watch would not tell. */
export async function observe(ports: TriagePorts, nodeName: string): Promise<TriageObservation | undefined> {
  const { reader, shared } = ports
  const node = await reader.get(nodeKind, { name: nodeName })
  const ledger = await readLedger(reader)
  const pauses = shared.hearsOfPauses() ? shared.pauses() : await reader.list(pauseKind)
  return observation(ports, nodeName, { node, ledger, pauses })
}

interface Read {
  readonly node: Node | undefined
  readonly ledger: LedgerSeen
  readonly pauses: readonly RemediationPause[]
}

function observation(ports: TriagePorts, nodeName: string, read: Read): TriageObservation | undefined {
  const { node } = read
  const { health, runs } = ports
  const believed = health.get({ name: nodeName })
  if (believed?.spec === undefined || believed.status.diagnosis === undefined) return undefined
  const { policyName } = believed.spec
  if (policyName !== undefined && needsPower(ports, policyName, believed.status.diagnosis.name))
    ports.providers.ask(nodeName)
  const claiming = runs.list().filter((run) => run.spec?.node.name !== nodeName && willClaim(run))
  const key = ripeKey(policyName ?? '', believed.status.diagnosis.name)
  return {
    frozen: ports.disturbances.frozen(),
    ripe: node && ports.ripe.get(nodeName, node.metadata.uid, key),
    sources: ports.sources.seen(nodeName),
    mono: ports.clock.mono(),
    health: believed,
    node,
    runs: runs.byIndex('node', nodeName),
    claiming,
    claimingLabels: labelsOf(ports, claiming),
    shared: policyName === undefined ? undefined : sharedSeen(ports, policyName, read),
    around: node && ports.surroundings.of(node),
  }
}

const labelsOf = ({ nodes }: TriagePorts, runs: readonly NodeRemediation[]): TriageObservation['claimingLabels'] =>
  Object.fromEntries(
    runs.flatMap(({ spec }) => {
      const node = spec && nodes.get({ name: spec.node.name })
      return node === undefined ? [] : [[node.metadata.name, node.metadata.labels]]
    }),
  )

/** Whether the run would begin at the BMC of the node. */
function needsPower({ shared }: TriagePorts, policyName: string, diagnosisName: string): boolean {
  const policy = shared.policy(policyName)
  const rule = policy?.diagnoses.find(({ name }) => name === diagnosisName)
  return policy !== undefined && rule !== undefined && firstRung(policy, rule)?.powerCycle !== undefined
}

/** Undefined: the policy is gone or not valid, or there is no guard. */
function sharedSeen(
  { shared, clock }: TriagePorts,
  policyName: string,
  { ledger, pauses }: Read,
): TriageObservation['shared'] {
  const [policy, guard] = [shared.policy(policyName), shared.guard()]
  if (policy === undefined || guard === undefined) return undefined
  return {
    policyName,
    policy,
    guard: guard.spec,
    ledgerUID: guard.ledgerUID,
    pauses,
    figures: shared.figures(policyName),
    ledger,
    now: clock.nowAtLeast(),
  }
}

/** Has been started and holds no slot yet. Who waits for people may wait for long, and is not counted. */
const willClaim = ({ spec, status }: NodeRemediation): boolean =>
  spec?.dryRun === false && (status.step === undefined || status.step.name === 'Claiming')
