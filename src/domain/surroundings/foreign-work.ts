import type { ForeignWork } from '../../api/core/foreign-work.ts'
import type { Lease } from '../../api/core/kinds.ts'
import { medik8sLeases } from '../../api/core/neighbours.ts'
import { keyOf } from '../../api/kind.ts'
import { type Instant, later, parseTime, seconds } from '../../kernel/time.ts'
import { type Actor, sinceWords } from './actors-seen.ts'
import { other } from './foreign-marks.ts'

/** Another operator has an object of its own that names the node. */
export function workOn(nodeName: string, works: readonly ForeignWork[]): Actor | undefined {
  const work = works.find(({ nodeNames, isOver }) => nodeNames.includes(nodeName) && !isOver)
  if (work === undefined) return undefined
  const { operator, kind, phase, metadata } = work
  const how = phase === '' ? '' : ` (${phase})`
  const message = `${operator} works on node ${nodeName}, by ${kind} ${keyOf(work)}${how}${sinceWords(metadata.creationTimestamp)}`
  return other(message, `${kind} ${keyOf(work)} is over, or gone`)
}

/** The operators of medik8s exclude each other by a lease per node. One that nobody renews holds nobody off. */
export function leaseOn(nodeName: string, leases: readonly Lease[], now: Instant): Actor | undefined {
  const lease = leases.find(({ metadata }) => metadata.name === leaseNameOf(nodeName))
  if (lease === undefined || !isHeld(lease, now)) return undefined
  const name = `${medik8sLeases}/${lease.metadata.name}`
  const message = `${lease.holderIdentity} holds Lease ${name} of medik8s${sinceWords(lease.acquireTime)}`
  return other(message, 'the lease is given back, or runs out')
}

export const leaseNameOf = (nodeName: string): string => `node-${nodeName}`.toLowerCase()

function isHeld({ holderIdentity, renewTime, leaseDurationSeconds }: Lease, now: Instant): boolean {
  const renewedAt = parseTime(renewTime)
  return holderIdentity !== '' && renewedAt !== undefined && now <= later(renewedAt, seconds(leaseDurationSeconds))
}
