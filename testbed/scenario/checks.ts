import { identities } from '../control-plane/identities.ts'
import { type AuditEntry, cordonWrittenBy, succeeded } from './audit.ts'
import type { Check } from './verdict.ts'

const operator = identities.operator.user

/** The cordon of one node came from the operator and was taken back by it, and nobody else touched it. */
export function cordonChecks(audit: readonly AuditEntry[], node: string): readonly Check[] {
  const writes = audit
    .filter((entry) => entry.name === node && succeeded(entry))
    .map((entry) => ({ user: entry.user, cordons: cordonWrittenBy(entry) }))
    .filter(({ cordons }) => cordons !== undefined)
  const foreign = writes.filter(({ user }) => user !== operator)
  const told = writes.map(({ cordons }) => (cordons === true ? 'cordon' : 'uncordon')).join(', ')
  return [
    {
      sentence: `nobody but the operator cordoned or uncordoned ${node}`,
      holds: foreign.length === 0,
      ...seen(foreign),
    },
    {
      sentence: `${node} was cordoned once and uncordoned once, in this order`,
      holds: told === 'cordon, uncordon',
      seen: told,
    },
  ]
}

/** Force is no way out: whatever blocks, the operator deletes no pod. */
export function deletionCheck(audit: readonly AuditEntry[]): Check {
  const deletions = audit.filter(
    ({ user, verb, resource, subresource }) =>
      user === operator && resource === 'pods' && subresource === '' && verb.startsWith('delete'),
  )
  const granted = audit.filter(isEviction).filter(succeeded)
  return {
    sentence: 'the operator deleted no pod',
    holds: deletions.length === 0,
    ...(deletions.length === 0 ? { seen: `${granted.length} evictions were granted` } : seen(deletions)),
  }
}

/** Every pod that had to leave was asked through the eviction API. */
export function evictionChecks(audit: readonly AuditEntry[], left: readonly PodName[]): readonly Check[] {
  const evicted = new Set(
    audit
      .filter(isEviction)
      .filter(succeeded)
      .map(({ namespace, name }) => `${namespace}/${name}`),
  )
  const unasked = left.filter(({ namespace, name }) => !evicted.has(`${namespace}/${name}`))
  return [
    deletionCheck(audit),
    {
      sentence: `all ${left.length} pods that left were evicted, and none was deleted without`,
      holds: unasked.length === 0,
      ...seen(unasked),
    },
  ]
}

export interface PodName {
  readonly namespace: string
  readonly name: string
}

const isEviction = ({ resource, subresource, verb }: AuditEntry): boolean =>
  resource === 'pods' && subresource === 'eviction' && verb === 'create'

/** No request of the operator was turned away for lack of rights: the generated RBAC is enough. */
export function rightsCheck(audit: readonly AuditEntry[]): Check {
  const refused = audit.filter(({ user, code }) => user === operator && code === 403)
  const requests = [...new Set(refused.map(({ verb, resource, subresource }) => `${verb} ${resource}/${subresource}`))]
  return { sentence: 'the generated rights were enough', holds: refused.length === 0, ...seen(requests) }
}

const seen = (found: readonly unknown[]): { readonly seen?: string } =>
  found.length === 0
    ? {}
    : {
        seen: found
          .slice(0, 3)
          .map((each) => JSON.stringify(each))
          .join(', '),
      }
