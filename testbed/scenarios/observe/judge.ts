import { isObject } from '../../../src/kernel/json.ts'
import { type AuditEntry, succeeded } from '../../scenario/audit.ts'
import { conditionOf } from '../../scenario/conditions.ts'

/** How often a node was recorded as sick that was well before, by what was written into the records. */
export function timesFallenSick(audit: readonly AuditEntry[]): number {
  const sick = new Set<string>()
  let times = 0
  for (const { resource, verb, name, request } of audit.filter(succeeded)) {
    if (resource !== 'nodehealths') continue
    const status = isObject(request) ? conditionOf(request, 'Healthy') : undefined
    const isSick = verb !== 'delete' && (status === undefined ? sick.has(name) : status !== 'True')
    if (isSick && !sick.has(name)) times += 1
    if (isSick) sick.add(name)
    else sick.delete(name)
  }
  return times
}
