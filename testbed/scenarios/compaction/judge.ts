import { identities } from '../../control-plane/identities.ts'
import { type AuditEntry, succeeded } from '../../scenario/audit.ts'
import type { Check } from '../../scenario/verdict.ts'

/** When there was no API server that was ready. */
export interface Away {
  readonly from: number
  readonly to: number
}

/** What the operator has to know of the cluster. */
export const watched = [
  'nodes',
  'pods',
  'nodehealths',
  'noderemediations',
  'noderemediationpolicies',
  'remediationguards',
  'remediationpauses',
  'disruptionledgers',
]

/** A watch that asks for initial events, or a list: both give everything that is there. */
export function relistCheck(audit: readonly AuditEntry[], { from }: Away): Check {
  const anew = audit.filter(
    (entry) => entry.user === identities.operator.user && entry.ended >= from && succeeded(entry) && showsAll(entry),
  )
  const resumed = audit.filter(
    ({ verb, uri, at, user }) =>
      user === identities.operator.user && verb === 'watch' && at >= from && !uri.includes('sendInitialEvents'),
  )
  const missing = watched.filter((resource) => !anew.some((entry) => entry.resource === resource))
  return {
    sentence: 'every watch began anew with everything that is there',
    headline: true,
    holds: missing.length === 0,
    seen:
      missing.length === 0
        ? `${watched.length} of ${watched.length} kinds, after ${resumed.length} tries to go on with the past`
        : `not of ${missing.join(', ')}`,
  }
}

const showsAll = ({ verb, uri }: AuditEntry): boolean =>
  verb === 'watch' ? uri.includes('sendInitialEvents=true') : verb === 'list' && !uri.includes('fieldSelector')
