import { isObject } from '../../../kernel/json.ts'
import type { Cause } from './cause.ts'
import { goJson, invalid, notSupported, required, tooMany } from './cause.ts'
import { correlatedItem, correlatedMember, isUnchanged } from './correlation.ts'
import { fieldAt, type Place } from './place.ts'
import type { Structural } from './structural.ts'
import { checkNumber, checkText, checkType } from './validate-scalar.ts'

/** Everything that an openAPIV3Schema can say of a value, in the words of the real server. CEL rules come later. */
export function validateSchema(place: Place, value: unknown): readonly Cause[] {
  const causes: Cause[] = []
  judge(place, value, causes)
  if (causes.length < 2) return causes
  const seen = new Set<string>()
  return causes.filter(({ field, message }) => {
    const key = `${field}\n${message}`
    return seen.has(key) ? false : seen.add(key)
  })
}

/**
 * Adds what is wrong with a value to the causes, but nothing of what stood there before: alternatives are asked without their
 * past, so nobody counts the checks that this spares. Returns how many checks were made: of several alternatives, the one that
 * was followed farthest explains the failure.
 */
function judge(place: Place, value: unknown, causes: Cause[]): number {
  const { schema, old } = place
  if (old !== undefined && old.value === value) return 0
  const before = causes.length
  let checks = 2
  causes.push(...checkType(place, value))
  if (value !== null) checks += judgeAlternatives(place, value, causes) + judgeShape(place, value, causes)
  if (schema.enumValues.length > 0) causes.push(...checkEnum(schema, fieldAt(place), value))
  if (isObject(value)) checks += judgeObject(place, value, causes)
  if (causes.length > before && isUnchanged(old, value)) causes.length = before
  return checks
}

function judgeShape(place: Place, value: unknown, causes: Cause[]): number {
  if (typeof value === 'string') causes.push(...checkText(place, value))
  else if (typeof value === 'number') causes.push(...checkNumber(place, value))
  else return Array.isArray(value) ? judgeList(place, value, causes) : 0
  return 2
}

interface Verdict {
  readonly causes: readonly Cause[]
  readonly checks: number
}

function judgeAlternatives(place: Place, value: unknown, causes: Cause[]): number {
  const { allOf, anyOf, oneOf, not } = place.schema
  if (allOf.length + anyOf.length + oneOf.length === 0 && not === undefined) return 0
  const ask = (branch: Structural): Verdict => {
    const found: Cause[] = []
    const checks = judge({ ...place, schema: branch, old: undefined }, value, found)
    return { causes: found, checks }
  }
  const complain = (text: string): Verdict => ({
    causes: [invalid(fieldAt({ prefix: place.prefix, path: '' }), '', `${JSON.stringify(place.path)} ${text}`)],
    checks: 0,
  })
  const verdicts = [
    ...(anyOf.length > 0 ? anyOfVerdicts(anyOf.map(ask), complain) : []),
    ...(oneOf.length > 0 ? oneOfVerdicts(oneOf.map(ask), complain) : []),
    ...(allOf.length > 0 ? allOfVerdicts(allOf.map(ask), complain) : []),
    ...(not !== undefined && isPassed(ask(not)) ? [complain('must not validate the schema (not)')] : []),
  ]
  causes.push(...verdicts.flatMap((verdict) => verdict.causes))
  return verdicts.reduce((sum, { checks }) => sum + checks, 0)
}

type Complain = (text: string) => Verdict

const isPassed = ({ causes }: Verdict): boolean => causes.length === 0

function anyOfVerdicts(answers: readonly Verdict[], complain: Complain): readonly Verdict[] {
  const passed = answers.find(isPassed)
  return passed === undefined ? [complain('must validate at least one schema (anyOf)'), farthest(answers)] : [passed]
}

function oneOfVerdicts(answers: readonly Verdict[], complain: Complain): readonly Verdict[] {
  const passed = answers.filter(isPassed)
  if (passed.length === 1) return passed
  const rule = 'must validate one and only one schema (oneOf)'
  if (passed.length > 1) return [complain(`${rule}. Found ${passed.length} valid alternatives`)]
  return [complain(`${rule}. Found none valid`), farthest(answers)]
}

function allOfVerdicts(answers: readonly Verdict[], complain: Complain): readonly Verdict[] {
  const passed = answers.filter(isPassed).length
  if (passed === answers.length) return answers
  return [...answers, complain(`must validate all the schemas (allOf)${passed === 0 ? '. None validated' : ''}`)]
}

const farthest = (answers: readonly Verdict[]): Verdict =>
  answers.reduce((best, answer) => (answer.checks > best.checks ? answer : best))

function checkEnum({ enumValues }: Structural, field: string, value: unknown): readonly Cause[] {
  if (enumValues.some((allowed) => allowed === value || goJson(allowed) === goJson(value))) return []
  const names = enumValues.map((allowed) => (typeof allowed === 'string' ? allowed : goJson(allowed)))
  return [notSupported(field, value, names)]
}

function judgeList(place: Place, list: readonly unknown[], causes: Cause[]): number {
  const { schema, path, prefix } = place
  const { minItems, maxItems } = schema.bounds
  let checks = 1
  if (schema.items !== undefined) {
    for (const [index, item] of list.entries()) {
      const old = correlatedItem(schema, place.old?.value, item)
      checks += judge({ schema: schema.items, prefix, path: `${path}[${index}]`, old }, item, causes)
    }
  }
  if (minItems !== undefined && list.length < minItems)
    causes.push(invalid(fieldAt(place), list.length, `${path} in body should have at least ${minItems} items`))
  if (maxItems !== undefined && list.length > maxItems) causes.push(tooMany(fieldAt(place), list.length, maxItems))
  return checks
}

type Members = Readonly<Record<string, unknown>>

function judgeObject(place: Place, object: Members, causes: Cause[]): number {
  const { schema, path } = place
  const { minProperties, maxProperties } = schema.bounds
  const keys = Object.keys(object)
  if (minProperties !== undefined && keys.length < minProperties)
    causes.push(
      invalid(fieldAt(place), keys.length, `${path} in body should have at least ${minProperties} properties`),
    )
  if (maxProperties !== undefined && keys.length > maxProperties)
    causes.push(tooMany(fieldAt(place), keys.length, maxProperties))

  let checks = 1
  for (const key of keys) {
    const property = schema.properties.get(key) ?? schema.additionalProperties
    if (typeof property === 'object')
      checks += judge(memberPlace(place, object, { key, schema: property }), object[key], causes)
    else if (property === false)
      causes.push(invalid(fieldAt(place), '', `${path}.${key} in body is a forbidden property`))
  }
  for (const name of schema.required)
    if (!Object.hasOwn(object, name)) causes.push(required(fieldAt(place, `.${name}`), ''))
  return checks
}

function memberPlace(
  { schema: owner, path, prefix, old }: Place,
  object: Members,
  { key, schema }: { readonly key: string; readonly schema: Structural },
): Place {
  const isTypeMeta = path === '' && (key === 'kind' || key === 'apiVersion')
  const past = isTypeMeta ? undefined : correlatedMember({ schema: owner, old, value: object }, key)
  return { schema, prefix, path: path === '' ? key : `${path}.${key}`, old: past }
}
