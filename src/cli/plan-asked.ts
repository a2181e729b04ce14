import { type NodeRemediation, type RunSpec, runKind } from '../api/v1alpha1/node-remediation.ts'
import { shortHash } from '../kernel/sha256.ts'
import { seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import { RefusedError } from '../ports/errors.ts'

export const answerWithinMs = seconds(20)
const lookEveryMs = 200

/**
 * Lets the operator answer all gates from live reads, by a dry run that is deleted once it has. Nothing is changed. Undefined: there
 * was no answer in time.
 */
export async function planAsked(cluster: Cluster, clock: Clock, spec: RunSpec): Promise<NodeRemediation | undefined> {
  const name = `plan-${shortHash([spec.node.name, spec.requestedBy, clock.now()].join('/'))}`
  const created = await cluster.create(runKind, { metadata: { name }, spec: { ...spec, dryRun: true } })
  try {
    const until = clock.mono() + answerWithinMs
    while (clock.mono() < until) {
      const run = await cluster.get(runKind, { name })
      if (run?.status.step?.name === 'Done') return run
      await clock.sleep(lookEveryMs)
    }
    return undefined
  } finally {
    await tidyUp(cluster, created)
  }
}

/** Whoever may create runs need not be allowed to delete them: what is over goes with the history of its policy. */
async function tidyUp(cluster: Cluster, { metadata: { name, uid } }: NodeRemediation): Promise<void> {
  try {
    await cluster.remove(runKind, { name }, { uid })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
  }
}
