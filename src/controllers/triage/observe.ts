import { nodeKind } from '../../api/core/node.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import { ripeKey } from '../../domain/detect/ripe.ts'
import { firstRung } from '../../domain/surroundings/surroundings.ts'
import type { TriageObservation } from '../../domain/triage/observation.ts'
import { readLedger } from '../read-ledger.ts'
import type { TriagePorts } from './ports.ts'

/** Undefined: nothing is believed about this node, or its caches are not yet what we wrote. */
export async function observe(ports: TriagePorts, nodeName: string): Promise<TriageObservation | undefined> {
  const { health, runs, reader } = ports
  const believed = health.get({ name: nodeName })
  if (believed?.spec === undefined || believed.status.diagnosis === undefined) return undefined
  const { policyName } = believed.spec
  const node = await reader.get(nodeKind, { name: nodeName })
  if (policyName !== undefined && needsPower(ports, policyName, believed.status.diagnosis.name))
    ports.providers.ask(nodeName)
  const shared = policyName === undefined ? undefined : await readShared(ports, policyName)
  const key = ripeKey(policyName ?? '', believed.status.diagnosis.name)
  return {
    frozen: ports.disturbances.frozen(),
    ripe: node && ports.ripe.get(nodeName, node.metadata.uid, key),
    sources: ports.sources.seen(nodeName),
    mono: ports.clock.mono(),
    health: believed,
    node,
    runs: runs.byIndex('node', nodeName),
    claiming: runs.list().filter((run) => run.spec?.node.name !== nodeName && willClaim(run)),
    shared,
    around: node && ports.surroundings.of(node),
  }
}

/** Whether the run would begin at the BMC of the node. */
function needsPower({ shared }: TriagePorts, policyName: string, diagnosisName: string): boolean {
  const policy = shared.policy(policyName)
  const rule = policy?.diagnoses.find(({ name }) => name === diagnosisName)
  return policy !== undefined && rule !== undefined && firstRung(policy, rule)?.powerCycle !== undefined
}

/** Undefined: the policy is gone or not valid, or there is no guard. */
async function readShared(
  { shared, reader, clock }: TriagePorts,
  policyName: string,
): Promise<TriageObservation['shared']> {
  const [policy, guard] = [shared.policy(policyName), shared.guard()]
  if (policy === undefined || guard === undefined) return undefined
  return {
    policyName,
    policy,
    guard: guard.spec,
    ledgerUID: guard.ledgerUID,
    pauses: shared.pauses(),
    figures: shared.figures(policyName),
    ledger: await readLedger(reader),
    now: clock.nowAtLeast(),
  }
}

/** Has been started and holds no slot yet. Who waits for people may wait for long, and is not counted. */
const willClaim = ({ spec, status }: NodeRemediation): boolean =>
  spec?.dryRun === false && (status.step === undefined || status.step.name === 'Claiming')
