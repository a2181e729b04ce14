import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { NewRun } from '../../domain/triage/decide.ts'
import { AlreadyExistsError } from '../../ports/errors.ts'
import type { Effects } from '../../runtime/fenced.ts'
import type { TriagePorts } from './ports.ts'

/**
 * Its name is derived: if it is there, somebody has started this very run, and nothing is doubled. A cache that does not show it has
 * lost it, and nobody would carry it on. Resolves to whether it was created.
 */
export async function act(
  { runs }: Pick<TriagePorts, 'runs'>,
  { cluster }: Pick<Effects, 'cluster'>,
  { name, finalizers, spec }: NewRun,
): Promise<boolean> {
  try {
    const created = await cluster.create(runKind, { metadata: { name, finalizers }, spec })
    runs.wroteAt(name, created.metadata.resourceVersion)
    return true
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error
    if (runs.get({ name }) === undefined) runs.doubt()
    return false
  }
}
