import type { CompiledCrd, CompiledVersion } from '../crd/compiled-crd.ts'
import { customStrategy } from '../strategies/custom.ts'
import { apiVersionOf, type ResourceDescriptor } from './descriptor.ts'
import { nameField, namespaceField } from './selectable-fields.ts'

const allVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** The resources that a CRD serves, the preferred version first. */
export function customResources(crd: CompiledCrd): readonly ResourceDescriptor[] {
  const served = Object.values(crd.versions).filter((version) => version.served)
  return served
    .toSorted((left, right) => compareVersions(left.name, right.name))
    .map((version) => describeVersion(crd, version))
}

function describeVersion(crd: CompiledCrd, version: CompiledVersion): ResourceDescriptor {
  const { group, kind, listKind, plural, singular, shortNames, categories, namespaced } = crd
  return {
    group,
    version: version.name,
    kind,
    listKind,
    plural,
    singular,
    shortNames,
    categories,
    namespaced,
    verbs: allVerbs,
    subresources: version.hasStatus ? [{ name: 'status', verbs: ['get', 'patch', 'update'] }] : [],
    schema: version.schema,
    storageKey: `${plural}.${group}`,
    strategy: customStrategy(version),
    selectableFields: [nameField, ...(namespaced ? [namespaceField] : []), ...version.selectableFields],
    indexedFields: [],
    form: { kind: 'Custom', version, storageApiVersion: apiVersionOf({ group, version: crd.storageVersion }) },
  }
}

/** v2 before v1 before v1beta2 before v1alpha1 before anything else. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [rankOf(left), rankOf(right)]
  const differing = a.findIndex((value, index) => value !== b[index])
  return differing === -1 ? (left < right ? -1 : 1) : (b[differing] ?? 0) - (a[differing] ?? 0)
}

function rankOf(version: string): readonly number[] {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  if (major === undefined) return [-1, 0, 0]
  return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor ?? 0)]
}
