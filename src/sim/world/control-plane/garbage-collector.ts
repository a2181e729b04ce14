import { type JsonObject, textAt } from '../../../kernel/json.ts'
import type { Change } from '../../api-server/api-request.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { finalizersOf, isTerminating, keyOf, ownersOf, refFromKey, refOf, uidOf } from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { controllerUser, type Nature } from '../nature.ts'
import type { Objects } from '../objects.ts'

/** Kinds that own, and kinds that are owned, as far as controllers of the world make them. */
const owners = [
  'deployments.apps',
  'replicasets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'nodes',
  'nodeclaims.karpenter.sh',
]
const dependents: Readonly<Record<string, string>> = {
  Pod: 'pods',
  ReplicaSet: 'replicasets.apps',
  Job: 'jobs.batch',
  Lease: 'leases.coordination.k8s.io',
}

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

/** Deletes what is owned by something that is gone, in the background or before its owner, or lets it go free. */
export function runGarbageCollector(nature: Nature): void {
  const collector = new GarbageCollector(nature)
  for (const resource of owners) nature.objects.on(resource, (change) => collector.ownerChanged(resource, change))
  for (const resource of Object.values(dependents))
    nature.objects.on(resource, (change) => collector.dependentChanged(change))
}

class GarbageCollector {
  readonly #objects: Objects
  readonly #api: WorldClient
  readonly #orphans: KeyQueue
  readonly #owners: KeyQueue

  constructor(nature: Nature) {
    this.#objects = nature.objects
    this.#api = nature.as(controllerUser('generic-garbage-collector'))
    this.#orphans = new KeyQueue(nature, { actor: 'garbage collector', reconcile: (address) => this.#collect(address) })
    this.#owners = new KeyQueue(nature, { actor: 'garbage collector', reconcile: (address) => this.#release(address) })
  }

  ownerChanged(resource: string, { type, object }: Change): void {
    if (type === 'DELETED') {
      for (const dependent of this.#dependentsOf(object)) this.#orphans.add(addressOf(dependent))
    } else if (isTerminating(object) && finalizersOf(object).some((name) => name === foreground || name === orphan)) {
      this.#owners.add(`${resource} ${keyOf(object)}`)
    }
  }

  dependentChanged({ type, object }: Change): void {
    if (type === 'ADDED' && ownersOf(object).length > 0) this.#orphans.add(addressOf(object))
    if (type !== 'DELETED') return
    for (const reference of ownersOf(object)) {
      const found = this.#find(reference)
      if (found?.owner !== undefined && isTerminating(found.owner))
        this.#owners.add(`${found.resource} ${keyOf(found.owner)}`)
    }
  }

  /** Deletes the dependent once none of its owners is there any more. */
  #collect(address: string): void {
    const { resource, ref } = placeOf(address)
    const dependent = this.#objects.get(resource, ref)
    if (dependent === undefined || isTerminating(dependent)) return
    const references = ownersOf(dependent)
    // An owner of a kind that is not watched here counts as there: better to keep than to lose.
    const isOrphan = references.every((reference) => this.#find(reference)?.isGone === true)
    if (references.length > 0 && isOrphan) {
      this.#api.delete(resource, ref, { uid: uidOf(dependent), propagationPolicy: 'Background' })
    }
  }

  #dependentsOf(owner: JsonObject): readonly JsonObject[] {
    return this.#objects
      .dependentsOf(uidOf(owner))
      .filter((dependent) => Object.hasOwn(dependents, textAt(dependent, 'kind') ?? ''))
  }

  #find(reference: JsonObject): Found | undefined {
    const plural = `${textAt(reference, 'kind')?.toLowerCase() ?? ''}s`
    const resource = owners.find((name) => name.split('.')[0] === plural)
    if (resource === undefined) return undefined
    const owner = this.#objects.all(resource).find((candidate) => uidOf(candidate) === reference['uid'])
    return { resource, owner, isGone: owner === undefined }
  }

  #release(address: string): void {
    const { resource, ref } = placeOf(address)
    const owner = this.#objects.get(resource, ref)
    if (owner === undefined || !isTerminating(owner)) return
    const finalizers = finalizersOf(owner)
    const owned = this.#dependentsOf(owner)
    for (const dependent of owned) {
      if (finalizers.includes(orphan)) this.#setFree(dependent, uidOf(owner))
      else this.#remove(dependent)
    }
    if (finalizers.includes(foreground) && owned.length > 0) return
    const left = finalizers.filter((name) => name !== orphan && name !== foreground)
    if (left.length < finalizers.length) this.#api.patch(resource, ref, { metadata: { finalizers: left } })
  }

  #setFree(dependent: JsonObject, ownerUID: string): void {
    const ownerReferences = ownersOf(dependent).filter(({ uid }) => uid !== ownerUID)
    this.#api.patch(resourceOf(dependent), refOf(dependent), { metadata: { ownerReferences } })
  }

  #remove(dependent: JsonObject): void {
    if (isTerminating(dependent)) return
    this.#api.delete(resourceOf(dependent), refOf(dependent), {
      uid: uidOf(dependent),
      propagationPolicy: 'Foreground',
    })
  }
}

interface Found {
  readonly resource: string
  readonly owner: JsonObject | undefined
  readonly isGone: boolean
}

const resourceOf = (object: JsonObject): string => dependents[textAt(object, 'kind') ?? ''] ?? 'pods'

const addressOf = (object: JsonObject): string => `${resourceOf(object)} ${keyOf(object)}`

function placeOf(address: string): { readonly resource: string; readonly ref: ReturnType<typeof refFromKey> } {
  const [resource = '', key = ''] = address.split(' ')
  return { resource, ref: refFromKey(key) }
}
