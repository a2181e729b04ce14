import type { NodeHealth } from '../api/v1alpha1/node-health.ts'
import type { NodeRemediation } from '../api/v1alpha1/node-remediation.ts'

/** One word for a column: what holds the run, else where it is. */
export const reasonOfRun = ({ status }: NodeRemediation): string => {
  const held = status.conditions.find((condition) => condition.type === 'Held' && condition.status === 'True')
  return held?.reason ?? status.step?.name ?? 'Approving'
}

/** The first gate that does not pass, else the diagnosis. */
export const reasonOfHealth = (health: NodeHealth | undefined): string => {
  const gate = health?.status.gates.find(({ result }) => result === 'Hold' || result === 'Unknown')
  return gate?.reason ?? health?.status.diagnosis?.name ?? '<none>'
}
