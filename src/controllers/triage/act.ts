import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { NewRun } from '../../domain/triage/decide.ts'
import { AlreadyExistsError } from '../../ports/errors.ts'
import type { TriagePorts } from './ports.ts'

/** Its name is derived: if it is there, somebody has started this very run, and nothing is doubled. */
export async function act({ effects, runs }: TriagePorts, { name, finalizers, spec }: NewRun): Promise<void> {
  try {
    const created = await effects.cluster.create(runKind, { metadata: { name, finalizers }, spec })
    runs.wroteAt(name, created.metadata.resourceVersion)
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error
  }
}
