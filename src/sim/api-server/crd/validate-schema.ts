import { isObject } from '../../../kernel/json.ts'
import type { Cause } from './cause.ts'
import { goJson, invalid, noField, notSupported, required, tooMany } from './cause.ts'
import { correlatedItem, correlatedMember, isUnchanged } from './correlation.ts'
import { fieldAt, type Place } from './place.ts'
import type { Structural } from './structural.ts'
import { checkNumber, checkText, checkType } from './validate-scalar.ts'

interface Verdict {
  readonly causes: readonly Cause[]
  /** How many checks were made: of several alternatives, the one that was followed farthest explains the failure. */
  readonly checks: number
}

/** Everything that an openAPIV3Schema can say of a value, in the words of the real server. CEL rules come later. */
export function validateSchema(place: Place, value: unknown): readonly Cause[] {
  const { causes } = judge(place, value)
  const seen = new Set<string>()
  return causes.filter(({ field, message }) => {
    const key = `${field}\n${message}`
    return seen.has(key) ? false : seen.add(key)
  })
}

function judge(place: Place, value: unknown): Verdict {
  const { schema, old } = place
  const verdict = merge([
    { causes: checkType(place, value), checks: 1 },
    ...(value === null ? [] : [judgeAlternatives(place, value), judgeShape(place, value)]),
    { causes: checkEnum(schema, fieldAt(place), value), checks: 1 },
    ...(isObject(value) ? [judgeObject(place, value)] : []),
  ])
  return verdict.causes.length > 0 && isUnchanged(old, value) ? { ...verdict, causes: [] } : verdict
}

function judgeShape(place: Place, value: unknown): Verdict {
  if (typeof value === 'string') return { causes: checkText(place, value), checks: 2 }
  if (typeof value === 'number') return { causes: checkNumber(place, value), checks: 2 }
  return Array.isArray(value) ? judgeList(place, value) : { causes: [], checks: 0 }
}

const merge = (verdicts: readonly Verdict[]): Verdict => ({
  causes: verdicts.flatMap(({ causes }) => causes),
  checks: verdicts.reduce((sum, { checks }) => sum + checks, 0),
})

function judgeAlternatives(place: Place, value: unknown): Verdict {
  const { schema, prefix } = place
  const ask = (branch: Structural): Verdict => judge({ ...place, schema: branch, old: undefined }, value)
  const complain = (text: string): Verdict => ({
    causes: [invalid(prefix === '' ? noField : prefix, '', `${JSON.stringify(place.path)} ${text}`)],
    checks: 0,
  })
  const verdicts: Verdict[] = []
  if (schema.anyOf.length > 0) {
    const answers = schema.anyOf.map(ask)
    const passed = answers.find(({ causes }) => causes.length === 0)
    if (passed === undefined) verdicts.push(complain('must validate at least one schema (anyOf)'))
    verdicts.push(passed ?? farthest(answers))
  }
  if (schema.oneOf.length > 0) verdicts.push(...judgeOneOf(schema.oneOf.map(ask), complain))
  if (schema.allOf.length > 0) {
    const answers = schema.allOf.map(ask)
    const passed = answers.filter(({ causes }) => causes.length === 0).length
    verdicts.push(...answers)
    const none = passed === 0 ? '. None validated' : ''
    if (passed !== answers.length) verdicts.push(complain(`must validate all the schemas (allOf)${none}`))
  }
  if (schema.not !== undefined && ask(schema.not).causes.length === 0)
    verdicts.push(complain('must not validate the schema (not)'))
  return merge(verdicts)
}

function judgeOneOf(answers: readonly Verdict[], complain: (text: string) => Verdict): readonly Verdict[] {
  const passed = answers.filter(({ causes }) => causes.length === 0)
  if (passed.length === 1) return passed
  if (passed.length > 1)
    return [complain(`must validate one and only one schema (oneOf). Found ${passed.length} valid alternatives`)]
  return [complain('must validate one and only one schema (oneOf). Found none valid'), farthest(answers)]
}

const farthest = (answers: readonly Verdict[]): Verdict =>
  answers.reduce((best, answer) => (answer.checks > best.checks ? answer : best))

function checkEnum({ enumValues }: Structural, field: string, value: unknown): readonly Cause[] {
  if (enumValues.length === 0 || enumValues.some((allowed) => goJson(allowed) === goJson(value))) return []
  const names = enumValues.map((allowed) => (typeof allowed === 'string' ? allowed : goJson(allowed)))
  return [notSupported(field, value, names)]
}

function judgeList(place: Place, list: readonly unknown[]): Verdict {
  const { schema, path } = place
  const { minItems, maxItems } = schema.bounds
  const { items } = schema
  const members =
    items === undefined
      ? []
      : list.map((item, index) => {
          const old = correlatedItem(schema, place.old?.value, item)
          return judge({ ...place, schema: items, path: `${path}[${index}]`, old }, item)
        })
  const field = fieldAt(place)
  const causes: Cause[] = []
  if (minItems !== undefined && list.length < minItems)
    causes.push(invalid(field, list.length, `${path} in body should have at least ${minItems} items`))
  if (maxItems !== undefined && list.length > maxItems) causes.push(tooMany(field, list.length, maxItems))
  return merge([...members, { causes, checks: 1 }])
}

function judgeObject(place: Place, object: Readonly<Record<string, unknown>>): Verdict {
  const { schema, path } = place
  const { minProperties, maxProperties } = schema.bounds
  const keys = Object.keys(object)
  const field = fieldAt(place)
  const causes: Cause[] = []
  if (minProperties !== undefined && keys.length < minProperties)
    causes.push(invalid(field, keys.length, `${path} in body should have at least ${minProperties} properties`))
  if (maxProperties !== undefined && keys.length > maxProperties)
    causes.push(tooMany(field, keys.length, maxProperties))
  if (schema.additionalProperties === false)
    for (const key of keys.filter((name) => !schema.properties.has(name)))
      causes.push(invalid(fieldAt(place), '', `${path}.${key} in body is a forbidden property`))

  const missing = schema.required.filter((name) => !Object.hasOwn(object, name))
  return merge([
    { causes, checks: 1 },
    ...judgeAdditional(place, object),
    ...judgeProperties(place, object),
    { causes: missing.map((name) => required(fieldAt(place, `.${name}`), '')), checks: 0 },
  ])
}

function judgeAdditional(place: Place, object: Readonly<Record<string, unknown>>): readonly Verdict[] {
  const { additionalProperties, properties } = place.schema
  if (typeof additionalProperties !== 'object') return []
  const extra = Object.keys(object).filter((key) => !properties.has(key))
  return extra.map((key) => judgeMember(place, { object, key, schema: additionalProperties }))
}

const judgeProperties = (place: Place, object: Readonly<Record<string, unknown>>): readonly Verdict[] =>
  [...place.schema.properties]
    .filter(([key]) => Object.hasOwn(object, key))
    .map(([key, schema]) => judgeMember(place, { object, key, schema }))

function judgeMember(
  place: Place,
  {
    object,
    key,
    schema,
  }: { readonly object: Readonly<Record<string, unknown>>; readonly key: string; readonly schema: Structural },
): Verdict {
  const isTypeMeta = place.path === '' && (key === 'kind' || key === 'apiVersion')
  const old = isTypeMeta ? undefined : correlatedMember({ schema: place.schema, old: place.old, value: object }, key)
  return judge({ ...place, schema, path: place.path === '' ? key : `${place.path}.${key}`, old }, object[key])
}
