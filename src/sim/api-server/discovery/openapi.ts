import { isObject, type JsonObject, stableStringify } from '../../../kernel/json.ts'
import { shortHash } from '../../../kernel/sha256.ts'
import { referenceTo, schemaNameOf, schemasOf, structOf } from './built-in-schema.ts'
import type { DiscoveredResource } from './discovered-resource.ts'
import { groupVersionOf } from './groups.ts'

/** Which documents there are. The hash changes with the content, so that clients may keep what they read. */
export function openApiIndex(resources: readonly DiscoveredResource[]): JsonObject {
  const known = indexes.get(resources)
  if (known !== undefined) return known
  const paths = [...new Set(resources.map(pathOf))].map((path) => {
    const hash = shortHash(stableStringify(openApiDocument(resources, path)))
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const
  })
  const index = { paths: Object.fromEntries(paths) }
  indexes.set(resources, index)
  return index
}

/** Hashing all documents takes long enough to notice, and they change with the CRDs alone. */
const indexes = new WeakMap<readonly DiscoveredResource[], JsonObject>()

/** `api/v1` or `apis/policy/v1`. Undefined: nothing is served there. */
export function openApiDocument(resources: readonly DiscoveredResource[], path: string): JsonObject | undefined {
  const served = resources.filter((resource) => pathOf(resource) === path)
  if (served.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: Object.fromEntries(served.flatMap(operations)),
    components: { schemas: Object.fromEntries([metaSchema, ...served.flatMap(kindSchemas)]) },
  }
}

const pathOf = (resource: DiscoveredResource): string =>
  resource.group === '' ? `api/${resource.version}` : `apis/${groupVersionOf(resource)}`

/** kubectl looks for the kind of an operation, and whether a patch takes `fieldValidation` and `dryRun`. */
function operations(resource: DiscoveredResource): readonly (readonly [string, JsonObject])[] {
  const scope = resource.namespaced ? '/namespaces/{namespace}' : ''
  const list = `/${pathOf(resource)}${scope}/${resource.plural}`
  const reference = { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(resource)}` } } }
  const answer = { responses: { '200': { description: 'OK', content: reference } } }
  const action = (name: string): JsonObject => ({ ...answer, 'x-kubernetes-action': name, ...gvkOf(resource) })
  const written = { parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map(queryParameter) }
  const item = {
    get: action('get'),
    put: { ...written, ...action('put') },
    patch: { ...written, requestBody: { content: patchTypes }, ...action('patch') },
    delete: action('delete'),
  }
  const subresources = resource.subresources
    .filter(({ name }) => name === 'status')
    .map(({ name }) => [`${list}/{name}/${name}`, { get: item.get, put: item.put, patch: item.patch }] as const)
  return [
    [list, { get: action('list'), post: { ...written, ...action('post') } }],
    [`${list}/{name}`, item],
    ...subresources,
  ]
}

const queryParameter = (name: string): JsonObject => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
})

/** Strategic merge is left out by intent: kubectl then takes the list keys of built-in kinds from its own types. */
const patchTypes: JsonObject = {
  'application/json-patch+json': { schema: { type: 'object' } },
  'application/merge-patch+json': { schema: { type: 'object' } },
}

const gvkOf = ({ group, version, kind }: DiscoveredResource): JsonObject => ({
  'x-kubernetes-group-version-kind': { group, kind, version },
})

/** As the real server names them; those of custom resources by the group's domain backwards. */
function schemaName(resource: DiscoveredResource): string {
  const struct = resource.schema === undefined ? structOf(resource) : undefined
  if (struct !== undefined) return schemaNameOf(struct)
  const { group, version, kind } = resource
  return `${group.split('.').toReversed().join('.')}.${version}.${kind}`
}

const metaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const textOf = (description: string): JsonObject => ({ type: 'string', description })

const metaSchema: readonly [string, JsonObject] = [
  metaName,
  {
    description:
      'ObjectMeta is metadata that all persisted resources must have, which includes all objects users must create.',
    type: 'object',
    properties: {
      annotations: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'Unstructured values set by tools.',
      },
      creationTimestamp: { ...textOf('When the object was created.'), format: 'date-time' },
      deletionTimestamp: { ...textOf('When deletion was asked for.'), format: 'date-time' },
      finalizers: {
        type: 'array',
        items: { type: 'string' },
        description: 'Must be empty before the object is deleted.',
      },
      generation: { type: 'integer', format: 'int64', description: 'Sequence number of the desired state.' },
      labels: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'Keys and values to select by.',
      },
      name: textOf('Unique within a namespace.'),
      namespace: textOf('The space within which names are unique.'),
      resourceVersion: textOf('The version of the object, for optimistic locking.'),
      uid: textOf('Unique in time and space.'),
    },
  },
]

/** The schema of the kind itself comes last: of what is known twice, it is the fuller. */
function kindSchemas(resource: DiscoveredResource): readonly (readonly [string, JsonObject])[] {
  const struct = resource.schema === undefined ? structOf(resource) : undefined
  if (struct === undefined) return [customSchema(resource)]
  const schemas = schemasOf(struct)
  const own = schemas.get(schemaNameOf(struct)) ?? {}
  return [...schemas, [schemaName(resource), { ...own, ...gvkListOf(resource) }]]
}

function customSchema(resource: DiscoveredResource): readonly [string, JsonObject] {
  const schema = resource.schema ?? { type: 'object' }
  const given = isObject(schema['properties']) ? schema['properties'] : {}
  const properties = {
    apiVersion: textOf('APIVersion defines the versioned schema of this representation of an object.'),
    kind: textOf('Kind is a string value representing the REST resource this object represents.'),
    ...given,
    metadata: { description: "Standard object's metadata.", ...referenceTo(metaName) },
  }
  return [schemaName(resource), { ...schema, properties, ...gvkListOf(resource) }]
}

const gvkListOf = ({ group, version, kind }: DiscoveredResource): JsonObject => ({
  'x-kubernetes-group-version-kind': [{ group, kind, version }],
})
