import type { AuditEntry } from '../../scenario/audit.ts'
import { succeeded } from '../../scenario/audit.ts'
import type { Check } from '../../scenario/verdict.ts'

/** Percent of the disk that are used, as the machine itself counts. */
export interface DiskUse {
  readonly before: number
  readonly after: number
}

export const diskChecks = ({ before, after }: DiskUse): readonly Check[] => [
  { sentence: 'the disk was filled to 90 % and more', holds: before >= 90, seen: `${before} %` },
  { sentence: 'the disk is used to less than 70 %', headline: true, holds: after < 70, seen: `${after} %` },
]

export const timeCheck = (tookMs: number): Check => ({
  sentence: 'it took less than 5 minutes',
  headline: true,
  holds: tookMs < 300_000,
  seen: `${(tookMs / 1_000).toFixed(2)} s`,
})

/** Nobody was asked to leave, and those that ran are those that run. */
export function stayedCheck(audit: readonly AuditEntry[], before: readonly string[], after: readonly string[]): Check {
  const asked = audit
    .filter(({ resource, subresource }) => resource === 'pods' && subresource === 'eviction')
    .filter(succeeded)
  const lost = before.filter((uid) => !after.includes(uid))
  return {
    sentence: `all ${before.length} pods of the machine stayed where they were, and none was evicted`,
    holds: before.length > 0 && lost.length === 0 && asked.length === 0,
    ...(lost.length === 0 ? {} : { seen: lost.join(', ') }),
  }
}

/** What was put aside is gone, what is written to is whole. */
export const keptCheck = (left: readonly string[]): Check => ({
  sentence: 'only logs that were put aside are gone',
  holds: left.length === 1 && left[0] === 'app.log',
  seen: left.join(', ') || 'none',
})
