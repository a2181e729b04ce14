import { isEqual, isObject, type JsonObject } from '../../../kernel/json.ts'
import { type Cause, invalid } from './cause.ts'
import { propertiesOf } from './check-structural.ts'
import { prune } from './prune.ts'
import { askRules, compileRules, ruleTree } from './rules.ts'
import { readStructural } from './structural.ts'
import { validateSchema } from './validate-schema.ts'

/** A default must be a value that its own schema lets through. */
export function checkDefaults(schema: JsonObject, path: string): readonly Cause[] {
  const { items } = schema
  return [
    ...checkOwn(schema, path),
    ...(isObject(items) ? checkDefaults(items, `${path}.items`) : []),
    ...propertiesOf(schema).flatMap(([name, property]) => checkDefaults(property, `${path}.properties[${name}]`)),
  ]
}

function checkOwn(schema: JsonObject, path: string): readonly Cause[] {
  const value = schema['default']
  if (value === undefined || value === null) return []
  const structural = readStructural(schema)
  const place = `${path}.default`
  const causes: Cause[] = []
  if (isObject(value) && !isEqual(prune(value, structural).object, value))
    causes.push(invalid(place, value, 'must not have unknown fields'))
  const wrong = validateSchema({ schema: structural, path: '', prefix: place, old: undefined }, value)
  if (wrong.length > 0) return [...causes, ...wrong]
  const tree = compileRules(structural, false).ok ? ruleTree(structural) : undefined
  const broken = tree === undefined ? [] : askRules(tree, value, undefined)
  return [...causes, ...broken.map((cause) => ({ ...cause, field: place }))]
}
