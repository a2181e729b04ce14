import { nodeKind } from '../../api/core/node.ts'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { TriageObservation } from '../../domain/triage/observation.ts'
import { readLedger } from '../read-ledger.ts'
import type { TriagePorts } from './ports.ts'

/** Undefined: nothing is believed about this node, or its caches are not yet what we wrote. */
export async function observe(ports: TriagePorts, nodeName: string): Promise<TriageObservation | undefined> {
  const { health, runs, reader, clock } = ports
  const believed = health.get({ name: nodeName })
  if (believed?.spec === undefined || believed.status.diagnosis === undefined) return undefined
  const { policyName } = believed.spec
  const shared = policyName === undefined ? undefined : ports.shared(policyName)
  return {
    health: believed,
    node: await reader.get(nodeKind, { name: nodeName }),
    runs: runs.byIndex('node', nodeName),
    claiming: runs.list().filter((run) => run.spec?.node.name !== nodeName && willClaim(run)),
    shared:
      shared === undefined || policyName === undefined
        ? undefined
        : { ...shared, policyName, now: clock.now(), ledger: await readLedger(reader) },
  }
}

/** Has been started and holds no slot yet. Who waits for people may wait for long, and is not counted. */
const willClaim = ({ spec, status }: NodeRemediation): boolean =>
  spec?.dryRun === false && (status.step === undefined || status.step.name === 'Claiming')
