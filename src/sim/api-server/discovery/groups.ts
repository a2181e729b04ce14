import type { Json, JsonObject } from '../../../kernel/json.ts'
import type { DiscoveredResource, DiscoveredSubresource } from './discovered-resource.ts'

/** `v1`, or `policy/v1`. */
export const groupVersionOf = ({ group, version }: Pick<DiscoveredResource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`

/** The groups in order of their first resource, without the core group; each with its versions, the preferred one first. */
export function groupsOf(resources: readonly DiscoveredResource[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const { group, version } of resources) {
    const versions = groups.get(group) ?? []
    if (!versions.includes(version)) versions.push(version)
    groups.set(group, versions)
  }
  groups.delete('')
  return groups
}

export const coreVersions = (resources: readonly DiscoveredResource[]): JsonObject => ({
  kind: 'APIVersions',
  versions: [...new Set(resources.filter(({ group }) => group === '').map(({ version }) => version))],
  serverAddressByClientCIDRs: [],
})

export const groupList = (resources: readonly DiscoveredResource[]): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groupsOf(resources)].map(([name, versions]) => groupBody(name, versions)),
})

/** Undefined: no such group. */
export function oneGroup(resources: readonly DiscoveredResource[], name: string): JsonObject | undefined {
  const versions = groupsOf(resources).get(name)
  return versions === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(name, versions) }
}

function groupBody(name: string, versions: readonly string[]): JsonObject {
  const named = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: named, preferredVersion: named[0] ?? null }
}

/** Undefined: no such group and version. */
export function resourceList(resources: readonly DiscoveredResource[], groupVersion: string): JsonObject | undefined {
  const served = resources.filter((resource) => groupVersionOf(resource) === groupVersion)
  if (served.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: served.flatMap((resource) => [
      resourceBody(resource),
      ...resource.subresources.map((subresource) => subresourceBody(resource, subresource)),
    ]),
  }
}

const resourceBody = (resource: DiscoveredResource): JsonObject => ({
  name: resource.plural,
  singularName: resource.singular,
  namespaced: resource.namespaced,
  kind: resource.kind,
  verbs: sorted(resource.verbs),
  ...listUnlessEmpty('shortNames', resource.shortNames),
  ...listUnlessEmpty('categories', resource.categories),
})

const subresourceBody = (resource: DiscoveredResource, subresource: DiscoveredSubresource): JsonObject => ({
  name: `${resource.plural}/${subresource.name}`,
  singularName: '',
  namespaced: resource.namespaced,
  ...(subresource.group === undefined ? {} : { group: subresource.group }),
  ...(subresource.version === undefined ? {} : { version: subresource.version }),
  kind: subresource.kind ?? resource.kind,
  verbs: sorted(subresource.verbs),
})

export const sorted = (names: readonly string[]): readonly string[] => names.toSorted()

export const listUnlessEmpty = (name: string, members: readonly Json[]): JsonObject =>
  members.length === 0 ? {} : { [name]: members }
