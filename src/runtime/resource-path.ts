import type { Kind } from '../api/kind.ts'
import { assert } from '../kernel/assert.ts'
import type { ObjectRef } from '../ports/cluster.ts'

type Resource = Pick<Kind, 'group' | 'version' | 'plural' | 'namespaced'>

/** Where the API server keeps all objects of a kind, or those of one namespace. */
export function collectionPath(
  { group, version, plural, namespaced }: Resource,
  namespace: string | undefined,
): string {
  const root = group === '' ? ['api', version] : ['apis', group, version]
  const scope = namespaced && namespace !== undefined ? ['namespaces', namespace] : []
  return pathOf([...root, ...scope, plural])
}

export function objectPath(resource: Resource, { namespace, name }: ObjectRef, subresource?: string): string {
  assert(name !== '', `a name is missing for ${resource.plural}`)
  assert(!resource.namespaced || (namespace ?? '') !== '', `a namespace is missing for ${resource.plural} ${name}`)
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`
  return subresource === undefined ? path : `${path}/${subresource}`
}

const pathOf = (segments: readonly string[]): string => `/${segments.map(encodeURIComponent).join('/')}`
