import { type DisruptionLedger, ledgerKind, ledgerName } from '../api/v1alpha1/disruption-ledger.ts'
import type { LedgerSeen } from '../domain/budget/ledger.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { RefusedError } from '../ports/errors.ts'

/** Live: what it says licenses a claim, and its version goes into the write. */
export async function readLedger(reader: Pick<ClusterReader, 'get'>): Promise<LedgerSeen> {
  try {
    return ledgerSeen(await reader.get(ledgerKind, { name: ledgerName }))
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'Unavailable', message: error.message }
    throw error
  }
}

export function ledgerSeen(ledger: DisruptionLedger | undefined): LedgerSeen {
  if (ledger === undefined) return { kind: 'Missing' }
  const { spec, metadata, problem } = ledger
  if (spec === undefined) return { kind: 'Unavailable', message: problem ?? 'its spec does not fit' }
  return { kind: 'Known', uid: metadata.uid, resourceVersion: metadata.resourceVersion, spec }
}
