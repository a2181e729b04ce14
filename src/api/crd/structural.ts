import { z } from 'zod'
import { at, isObject, type JsonObject } from '../../kernel/json.ts'

/**
 * The schema as a CustomResourceDefinition wants it. Throws, with the place, on whatever the API server would refuse, lose, or
 * understand otherwise than zod does.
 */
export function toStructural(schema: z.ZodType): JsonObject {
  const document: unknown = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input', // the output mode forbids additional properties; the API server prunes them instead
    override: ({ zodSchema, path }) => refuseLossy(zodSchema, path),
  })
  return structural(document, '')
}

/** What zod knows and the document no longer shows. */
function refuseLossy({ _zod: { def } }: z.core.$ZodTypes, path: readonly (string | number)[]): void {
  if (def.type === 'default' && isObject(def.defaultValue) && unwrapped(def.innerType)._zod.def.type === 'object') {
    throw new Error(
      `${path.join('.')}: .default() of an object skips the defaults within it, which the API server fills: use .prefault()`,
    )
  }
  const patterns = (def.checks ?? []).map((check) => at(check, '_zod', 'def', 'pattern'))
  const flagged = patterns.filter((pattern) => pattern instanceof RegExp).find(({ flags }) => /[^u]/.test(flags))
  if (flagged !== undefined) throw new Error(`${path.join('.')}: the flags of ${String(flagged)} would be lost`)
}

const unwrapped = (schema: z.core.$ZodType): z.core.$ZodType => {
  const inner: unknown = 'innerType' in schema._zod.def ? schema._zod.def.innerType : undefined
  return inner instanceof z.core.$ZodType ? unwrapped(inner) : schema
}

const intOrString = 'x-kubernetes-int-or-string'

/** Everything else that JSON Schema can say is refused by the API server, or is silently lost. */
const keywords: ReadonlySet<string> = new Set(
  [
    'type description default enum format nullable pattern required properties items additionalProperties',
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties maxProperties',
    'x-kubernetes-int-or-string x-kubernetes-preserve-unknown-fields x-kubernetes-validations',
    'x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-map-type',
  ].flatMap((line) => line.split(' ')),
)

function structural(schema: unknown, path: string): JsonObject {
  if (!isObject(schema)) throw new Error(`${place(path)}: ${JSON.stringify(schema)} is no schema`)
  if (Object.keys(schema).every((key) => key === 'description' || key === 'default')) {
    return { ...schema, 'x-kubernetes-preserve-unknown-fields': true }
  }
  const { anyOf, ...rest } = schema
  if (anyOf !== undefined && schema[intOrString] !== true) {
    throw new Error(`${place(path)}: unions are not structural: use optional members and exactlyOneOf()`)
  }
  refuse(rest, path)
  return withoutSafeBounds(withChildren(rest, path))
}

function refuse(schema: JsonObject, path: string): void {
  const unknown = Object.keys(schema).find((key) => !keywords.has(key))
  if (unknown !== undefined) throw new Error(`${place(path)}: a CustomResourceDefinition has no \`${unknown}\``)
  if (schema['additionalProperties'] === false) {
    throw new Error(`${place(path)}: unknown fields are pruned, not refused: no \`additionalProperties: false\``)
  }
  if (schema['additionalProperties'] !== undefined && schema['properties'] !== undefined) {
    throw new Error(`${place(path)}: \`properties\` and \`additionalProperties\` exclude each other`)
  }
  const pattern = schema['pattern']
  if (typeof pattern === 'string' && /\(\?[=!<]|\\[1-9]/.test(pattern)) {
    throw new Error(`${place(path)}: RE2 has no look-around and no back-references: ${pattern}`)
  }
  if (schema['type'] === undefined && schema[intOrString] !== true) throw new Error(`${place(path)}: has no type`)
}

/** An object without members gets no `properties` at all: the API server stores it so, and would find the manifest changed. */
function withChildren({ properties = {}, items, additionalProperties, ...rest }: JsonObject, path: string): JsonObject {
  const members = isObject(properties) ? Object.entries(properties) : []
  const structurals = members.map(([name, member]) => [name, structural(member, `${path}.${name}`)] as const)
  return {
    ...rest,
    ...(members.length > 0 && { properties: Object.fromEntries(structurals) }),
    ...(items !== undefined && { items: structural(items, `${path}[]`) }),
    ...(additionalProperties !== undefined && { additionalProperties: structural(additionalProperties, `${path}{}`) }),
  }
}

/** zod bounds every integer by what a double can hold exactly; the API server would print that at people. */
function withoutSafeBounds({ minimum, maximum, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
  }
}

const place = (path: string): string => (path === '' ? 'the root' : path)
