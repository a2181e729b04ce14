import { leaseName } from '../../src/api/rights.ts'
import { textAt } from '../../src/kernel/json.ts'
import type { OperatorUnderTest } from '../operator/process.ts'
import { holderOf } from '../operator/process.ts'
import { wait } from '../wait.ts'
import { type AuditEntry, succeeded } from './audit.ts'
import type { Stage } from './scenario.ts'
import type { Check } from './verdict.ts'
import { countsOf, writesOf } from './writes.ts'

/** Waits until the lease names another process than now. */
export async function otherLeads(stage: Stage, holder: string): Promise<void> {
  const other = async (): Promise<string | undefined> => {
    const now = await holderOf(stage.bed)
    return now !== '' && now !== holder ? now : undefined
  }
  await wait('another leader', other, { deadlineMs: 90_000, everyMs: 200 })
  stage.timeline.mark('the lease names another process', Date.now())
}

export interface HandOver {
  readonly diedAt: number
  readonly successor: OperatorUnderTest
}

export interface HandOverSeen {
  readonly leasedAt: number
  readonly firstEffectAt: number
}

/** By the audit log: when the successor took the lease, and when its first write after that was granted. */
export function handOver(audit: readonly AuditEntry[], { diedAt, successor }: HandOver): HandOverSeen {
  const own = audit.filter((entry) => entry.account === successor.account && entry.at >= diedAt && succeeded(entry))
  const leasedAt = own.find(takesLease)?.ended ?? Number.NaN
  const first = writesOf(own).find(
    ({ resource, at }) => resource !== 'leases' && resource !== 'events' && at >= leasedAt,
  )
  return { leasedAt, firstEffectAt: first?.ended ?? Number.NaN }
}

/** A renewal does not name the holder anew with a time of acquisition. */
const takesLease = ({ resource, name, request }: AuditEntry): boolean =>
  resource === 'leases' && name === leaseName && textAt(request, 'spec', 'acquireTime') !== undefined

export function handOverCheck(audit: readonly AuditEntry[], over: HandOver): Check {
  const { leasedAt, firstEffectAt } = handOver(audit, over)
  const seconds = (at: number): string => `${((at - over.diedAt) / 1_000).toFixed(1)} s`
  return {
    sentence: `${over.successor.name} went on within 20 s of the death of the leader`,
    headline: true,
    holds: firstEffectAt - over.diedAt < 20_000,
    seen: `lease after ${seconds(leasedAt)}, first effect after ${seconds(firstEffectAt)}`,
  }
}

/** Whoever lost the lease changes nothing any more, whatever he still believes. What he reads shows that he is awake. */
export function zombieCheck(audit: readonly AuditEntry[], zombie: OperatorUnderTest, since: number): Check {
  const later = audit.filter(({ account, ended }) => account === zombie.account && ended >= since)
  const writes = writesOf(later)
  const granted = writes.filter(succeeded)
  const told = `${later.length - writes.length} reads, ${writes.length} writes tried, ${granted.length} granted`
  return {
    sentence: `no write of ${zombie.name} was granted once it had lost the lease`,
    headline: true,
    holds: granted.length === 0,
    seen: granted.length === 0 ? told : `${told}: ${countsOf(granted)}`,
  }
}
