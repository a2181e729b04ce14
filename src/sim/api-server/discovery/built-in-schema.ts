import { unreachable } from '../../../kernel/assert.ts'
import type { JsonObject } from '../../../kernel/json.ts'
import { type Shape, type Struct, structNamed } from '../shapes/shape.ts'
import type { DiscoveredResource } from './discovered-resource.ts'

/** The Go type behind a built-in kind, where its shape is known. */
export const structOf = ({ group, version, kind }: DiscoveredResource): Struct | undefined =>
  structNamed(`${group === '' ? 'core' : group.replace(/\..*/, '')}.${version}.${kind}`)

/** The schemas of a Go type and of all that it is made of, by their names. Descriptions are not known. */
export function schemasOf(root: Struct): ReadonlyMap<string, JsonObject> {
  const schemas = new Map<string, JsonObject>()
  const open = [root]
  for (let struct = open.pop(); struct !== undefined; struct = open.pop()) {
    if (schemas.has(schemaNameOf(struct))) continue
    const fields = [...struct.fields.values()]
    const properties = fields.map(({ name, shape }) => [name, schemaOf(shape)] as const)
    schemas.set(schemaNameOf(struct), { type: 'object', properties: Object.fromEntries(properties) })
    open.push(...fields.flatMap(({ shape }) => structsIn(shape)))
  }
  return schemas
}

/** As the real server names its definitions: `io.k8s.api.core.v1.PodSpec`. */
export function schemaNameOf({ name }: Pick<Struct, 'name'>): string {
  if (name.startsWith('meta.')) return `io.k8s.apimachinery.pkg.apis.${name}`
  if (name.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${name}`
  return `io.k8s.api.${name}`
}

export const referenceTo = (name: string): JsonObject => ({
  allOf: [{ $ref: `#/components/schemas/${name}` }],
  default: {},
})

function structsIn(shape: Shape): readonly Struct[] {
  if (shape.kind === 'Struct') return [shape]
  return shape.kind === 'Scalar' ? [] : structsIn(shape.of)
}

function schemaOf(shape: Shape): JsonObject {
  switch (shape.kind) {
    case 'Struct':
      return referenceTo(schemaNameOf(shape))
    case 'List':
      return { type: 'array', items: schemaOf(shape.of) }
    case 'Map':
      return { type: 'object', additionalProperties: schemaOf(shape.of) }
    case 'Scalar':
      return scalars[shape.scalar] ?? { type: 'object' }
    default:
      return unreachable(shape)
  }
}

const scalars: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int: { type: 'integer' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  uint32: { type: 'integer' },
  uint64: { type: 'integer' },
  float32: { type: 'number' },
  float64: { type: 'number', format: 'double' },
  time: { type: 'string', format: 'date-time' },
  microtime: { type: 'string', format: 'date-time' },
  quantity: { type: 'string' },
  intstr: { type: 'string', format: 'int-or-string' },
  bytes: { type: 'string', format: 'byte' },
}
