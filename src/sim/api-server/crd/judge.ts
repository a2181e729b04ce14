import { isObject, type JsonObject } from '../../../kernel/json.ts'
import { type Cause, invalid, noField } from './cause.ts'
import { checkLists } from './check-lists.ts'
import type { AdmitOptions, CompiledVersion, Decoded } from './compiled-crd.ts'
import { checkEmbedded } from './embedded.ts'
import { fillDefaults } from './fill-defaults.ts'
import { prune } from './prune.ts'
import { askRules, type RuleTree, ruleTree } from './rules.ts'
import { Settled } from './settled.ts'
import { readStructural, type Structural } from './structural.ts'
import { validateSchema } from './validate-schema.ts'

/** A schema, readied to decode and to admit objects. */
export function judge(given: JsonObject): Pick<CompiledVersion, 'decode' | 'admit'> {
  const schema = readStructural(given)
  const rules = ruleTree(schema, true)
  const settled = new Settled()
  const decode = (object: JsonObject): Decoded => {
    const pruned = prune(object, schema, settled)
    const filled = fillDefaults(pruned.object, schema, settled)
    for (const [name, member] of schema.properties) {
      const value = filled[name]
      if (isObject(value)) settled.settle(member, value)
    }
    return { object: filled, unknownFields: pruned.unknownFields }
  }
  return {
    decode,
    admit: (object, old, options = {}) => {
      const { object: decoded, unknownFields } = decode(object)
      const causes = causesOf({ schema, rules, options }, decoded, old)
      return causes.length === 0 ? { ok: true, object: decoded, unknownFields } : { ok: false, causes, unknownFields }
    },
  }
}

interface Judgement {
  readonly schema: Structural
  readonly rules: RuleTree | undefined
  readonly options: AdmitOptions
}

/** Rules are asked only where types, lengths and required fields are right: otherwise they could not be evaluated. */
function causesOf(
  { schema, rules, options }: Judgement,
  object: JsonObject,
  old: JsonObject | undefined,
): readonly Cause[] {
  const listsWereFine = old === undefined || checkLists(schema, old).length === 0
  const causes = [
    ...(options.subresource === 'status' ? statusCauses(schema, object, old) : wholeCauses(schema, object, old)),
    ...checkEmbedded(schema, object),
    ...(listsWereFine ? checkLists(schema, object) : []),
  ]
  if (rules === undefined) return causes
  if (causes.some(({ reason }) => blocking.has(reason))) return [...causes, rulesUnasked]
  return [...causes, ...askRules(rules, object, old)]
}

const wholeCauses = (schema: Structural, object: JsonObject, old: JsonObject | undefined): readonly Cause[] =>
  validateSchema({ schema, path: '', prefix: '', old: old === undefined ? undefined : { value: old } }, object)

function statusCauses(schema: Structural, object: JsonObject, old: JsonObject | undefined): readonly Cause[] {
  const status = schema.properties.get('status')
  const value = object['status']
  if (status === undefined || value === undefined) return []
  const before = isObject(old) && old['status'] !== undefined ? { value: old['status'] } : undefined
  return validateSchema({ schema: status, path: '', prefix: 'status', old: before }, value)
}

const blocking = new Set<string>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

const rulesUnasked = invalid(
  noField,
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)
