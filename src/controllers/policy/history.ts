import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import { historyDefault, type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { expiredRuns } from '../../domain/policy/expired-runs.ts'
import type { PolicyPorts } from './ports.ts'

/** A few at a time: nobody is in a hurry to forget. */
const forgottenPerLook = 5

/** Finished runs of one policy, beyond what is kept of them. */
export async function forgetOldRuns(
  { effects, runs, clock }: PolicyPorts,
  policyName: string,
  history: PolicySpec['history'],
): Promise<void> {
  const expired = expiredRuns(runs.byIndex('policy', policyName), history, clock.nowAtLeast())
  for (const { metadata } of expired.slice(0, forgottenPerLook)) {
    await effects.cluster.remove(runKind, { name: metadata.name }, { uid: metadata.uid })
  }
}

/** The same of policies that have gone. A live read says so: a policy that a cache has lost may keep far more. */
export async function forgetOrphans(ports: PolicyPorts): Promise<void> {
  const { reader, runs, policies, clock } = ports
  const names = new Set(runs.list().flatMap(({ spec }) => spec?.policyName ?? []))
  for (const name of names) {
    if (policies.get({ name }) !== undefined) continue
    if (expiredRuns(runs.byIndex('policy', name), historyDefault, clock.nowAtLeast()).length === 0) continue
    if ((await reader.get(policyKind, { name })) !== undefined) continue
    await forgetOldRuns(ports, name, historyDefault)
  }
}
