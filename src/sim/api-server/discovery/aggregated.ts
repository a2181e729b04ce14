import type { JsonObject } from '../../../kernel/json.ts'
import type { DiscoveredResource, DiscoveredSubresource } from './discovered-resource.ts'
import { groupsOf, listUnlessEmpty, sorted } from './groups.ts'

/** The `Content-Type` that tells clients that they got what they asked for. */
export const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Everything in one answer, `/api` with the core group and `/apis` with all others: what kubectl asks first. */
export function aggregatedDiscovery(resources: readonly DiscoveredResource[], root: '/api' | '/apis'): JsonObject {
  const core = [...new Set(resources.filter(({ group }) => group === '').map(({ version }) => version))]
  const groups: readonly (readonly [string, readonly string[]])[] =
    root === '/api' ? [['', core]] : [...groupsOf(resources)]
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: resources.filter((one) => one.group === group && one.version === version).map(resourceBody),
        freshness: 'Current',
      })),
    })),
  }
}

const resourceBody = (resource: DiscoveredResource): JsonObject => ({
  resource: resource.plural,
  responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
  scope: resource.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: resource.singular,
  verbs: sorted(resource.verbs),
  ...listUnlessEmpty('shortNames', resource.shortNames),
  ...listUnlessEmpty('categories', resource.categories),
  ...listUnlessEmpty(
    'subresources',
    resource.subresources.map((subresource) => subresourceBody(resource, subresource)),
  ),
})

const subresourceBody = (
  resource: DiscoveredResource,
  { name, verbs, kind, group, version }: DiscoveredSubresource,
): JsonObject => ({
  subresource: name,
  responseKind: {
    group: group ?? resource.group,
    version: version ?? resource.version,
    kind: kind ?? resource.kind,
  },
  verbs: sorted(verbs),
})
