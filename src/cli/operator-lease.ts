import { leaseKind } from '../api/core/kinds.ts'
import { durationInWords, parseTime, rfc3339, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { RefusedError } from '../ports/errors.ts'
import type { CliContext, GlobalOptions } from './context.ts'

export type OperatorSeen =
  | { readonly kind: 'Alive'; readonly leader: string; readonly agoMs: number }
  | { readonly kind: 'Silent'; readonly forMs: number }
  | { readonly kind: 'Absent' }
  | { readonly kind: 'Unreadable' }

/** Twice the lease: one renewal may be late. */
const silentAfterMs = seconds(30)

export async function readOperator(
  cluster: ClusterReader,
  clock: Clock,
  { operatorNamespace }: GlobalOptions,
): Promise<OperatorSeen> {
  try {
    const lease = await cluster.get(leaseKind, { namespace: operatorNamespace, name: 'prunella' })
    const renewedAt = parseTime(lease?.renewTime)
    if (lease === undefined || renewedAt === undefined) return { kind: 'Absent' }
    const agoMs = clock.now() - renewedAt
    if (lease.holderIdentity === '' || agoMs > silentAfterMs) return { kind: 'Silent', forMs: agoMs }
    return { kind: 'Alive', leader: lease.holderIdentity, agoMs }
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'Unreadable' }
    throw error
  }
}

/** Said before anything else: what is shown may be old, and nothing will start. */
export function warnIfSilent({ terminal, clock }: CliContext, operator: OperatorSeen): void {
  if (operator.kind === 'Silent') {
    const shown = `Shown: objects as of ${rfc3339(clock.now())}`
    terminal.err(`Operator silent for ${durationInWords(operator.forMs)}. ${shown}. Nothing is running or will start.`)
  }
  if (operator.kind === 'Absent')
    terminal.err('Operator absent: it has never led in this cluster. Nothing is running or will start.')
}
