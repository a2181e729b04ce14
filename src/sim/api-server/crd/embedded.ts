import { isObject, textAt } from '../../../kernel/json.ts'
import { type Cause, required } from './cause.ts'
import { childPath } from './check-lists.ts'
import { memberSchema, type Structural } from './structural.ts'

/** An object inside an object (`x-kubernetes-embedded-resource`) says what it is, like any other. */
export function checkEmbedded(schema: Structural, value: unknown, path = ''): readonly Cause[] {
  if (!schema.holdsEmbedded) return []
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? [] : value.flatMap((item, index) => checkEmbedded(items, item, `${path}[${index}]`))
  }
  if (!isObject(value)) return []
  const missing = schema.embeddedResource
    ? ['apiVersion', 'kind'].filter((name) => (textAt(value, name) ?? '') === '')
    : []
  const below = Object.entries(value).flatMap(([key, member]) => {
    const found = memberSchema(schema, key)
    return found === undefined ? [] : checkEmbedded(found, member, childPath({ schema, path }, key))
  })
  return [...missing.map((name) => required(`${path}.${name}`, 'must not be empty')), ...below]
}
