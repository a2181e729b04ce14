import type { Kind } from '../api/kind.ts'
import { type JsonObject, textAt } from '../kernel/json.ts'
import type { ObjectRef } from '../ports/cluster.ts'
import type { Effects } from './fenced.ts'

/** Something tried to change the world while nothing may act. Nothing was sent. */
export class InertError extends Error {
  override readonly name = 'InertError'
}

export interface InertScope {
  /** The group whose objects are our own. */
  readonly ownGroup: string
  /** The lease that elects our leader. */
  readonly ownLease: ObjectRef
}

/**
 * For Observe: while `isInert` holds writes go to our own group, our lease and Events, and everything else is refused before it is
 * sent, whatever a decision says and RBAC would allow.
 */
export function inert({ cluster, power }: Effects, scope: InertScope, isInert: () => boolean = () => true): Effects {
  const mayWrite = (doing: string, kind: Kind, ref: ObjectRef): void => {
    if (isInert() && !isOwn(scope, kind, ref))
      throw new InertError(`${doing} ${kind.plural} ${ref.name}: nothing may act`)
  }
  const mustAct = (doing: string): void => {
    if (isInert()) throw new InertError(`${doing}: nothing may act`)
  }
  return {
    cluster: {
      create: async (kind, object) => {
        mayWrite('creating', kind, refOf(object.metadata))
        return await cluster.create(kind, object)
      },
      patch: async (kind, ref, patch) => {
        mayWrite('patching', kind, ref)
        return await cluster.patch(kind, ref, patch)
      },
      remove: async (kind, ref, options) => {
        mayWrite('deleting', kind, ref)
        await cluster.remove(kind, ref, options)
      },
      evict: async (pod, options) => {
        mustAct(`evicting pod ${pod.namespace}/${pod.name}`)
        return await cluster.evict(pod, options)
      },
    },
    power: {
      read: async (bmc) => await power.read(bmc),
      turnOff: async (bmc, notAfter) => {
        mustAct(`turning off ${bmc.address}`)
        await power.turnOff(bmc, notAfter)
      },
      turnOn: async (bmc, notAfter) => {
        mustAct(`turning on ${bmc.address}`)
        await power.turnOn(bmc, notAfter)
      },
    },
  }
}

function isOwn({ ownGroup, ownLease }: InertScope, { group, kind }: Kind, { namespace, name }: ObjectRef): boolean {
  if (group === ownGroup || group === 'events.k8s.io') return true
  return (
    group === 'coordination.k8s.io' && kind === 'Lease' && name === ownLease.name && namespace === ownLease.namespace
  )
}

const refOf = (metadata: JsonObject): ObjectRef => ({
  name: textAt(metadata, 'name') ?? '',
  namespace: textAt(metadata, 'namespace') ?? '',
})
