import { isObject } from '../../../kernel/json.ts'
import type { Cause } from './cause.ts'
import { duplicate, forbidden, invalid, noField, omitted, required } from './cause.ts'
import { type DeclType, declTypeOf } from './cel/decl-type.ts'
import { compileExpression, type Program } from './cel/program.ts'
import { CelValues } from './cel/value.ts'
import { childPath } from './check-lists.ts'
import { type Correlated, correlatedItem, correlatedMember, isUnchanged } from './correlation.ts'
import { Settled } from './settled.ts'
import type { Rule, Structural } from './structural.ts'

/** The CEL rules of a schema, compiled, in the shape of the schema. Undefined members: no rules down there. */
export interface RuleTree {
  readonly schema: Structural
  readonly rules: readonly CompiledRule[]
  /** Some rule here speaks of what stood here before. */
  readonly looksBack: boolean
  /** No rule here or below does: what has met them once meets them for ever. */
  readonly isTimeless: boolean
  readonly properties: ReadonlyMap<string, RuleTree>
  readonly additionalProperties: RuleTree | undefined
  readonly items: RuleTree | undefined
}

interface CompiledRule {
  readonly source: Rule
  readonly program: Program
  readonly messageProgram: Program | undefined
}

interface RuleFault {
  /** Below the schema's own path: `.rule`, `.messageExpression`. */
  readonly member: 'rule' | 'messageExpression' | 'optionalOldSelf'
  readonly index: number
  readonly message: string
}

export type CompiledRules =
  | { readonly ok: true; readonly rules: readonly CompiledRule[] }
  | { readonly ok: false; readonly faults: readonly RuleFault[] }

/** The rules that stand at this schema itself. */
export function compileRules(schema: Structural, isResourceRoot: boolean): CompiledRules {
  const self = declTypeOf(schema, isResourceRoot)
  const faults: RuleFault[] = []
  const rules: CompiledRule[] = []
  for (const [index, source] of schema.rules.entries()) {
    const compiled = compileRule(source, self)
    if (compiled.ok) rules.push(compiled.rule)
    else faults.push(...compiled.faults.map((fault) => ({ ...fault, index })))
  }
  return faults.length === 0 ? { ok: true, rules } : { ok: false, faults }
}

type CompiledOne =
  | { readonly ok: true; readonly rule: CompiledRule }
  | { readonly ok: false; readonly faults: readonly Omit<RuleFault, 'index'>[] }

function compileRule(source: Rule, self: DeclType | undefined): CompiledOne {
  const refused = (member: RuleFault['member'], message: string): CompiledOne => ({
    ok: false,
    faults: [{ member, message }],
  })
  if (self === undefined)
    return refused('rule', 'internal error: failed to convert to declType for CEL validation rules')
  const oldSelf = source.optionalOldSelf ? ({ kind: 'optional', of: self } as const) : self
  const variables = new Map<string, DeclType>([
    ['self', self],
    ['oldSelf', oldSelf],
  ])

  const rule = compileExpression(source.rule, variables)
  const idle = { member: 'optionalOldSelf', message: 'may not be set if oldSelf is not used in rule' } as const
  if (!rule.ok) {
    const fault = { member: 'rule', message: `compilation failed: ${rule.error}` } as const
    return { ok: false, faults: source.optionalOldSelf ? [fault, idle] : [fault] }
  }
  if (!isType(rule.program.type, 'bool')) return refused('rule', 'cel expression must evaluate to a bool')
  if (source.optionalOldSelf && !rule.program.usesOldSelf) return { ok: false, faults: [idle] }
  if (source.messageExpression === '')
    return { ok: true, rule: { source, program: rule.program, messageProgram: undefined } }

  const text = compileExpression(source.messageExpression, variables)
  if (!text.ok) return refused('messageExpression', `messageExpression compilation failed: ${text.error}`)
  if (!isType(text.program.type, 'string'))
    return refused('messageExpression', 'messageExpression must evaluate to a string')
  return { ok: true, rule: { source, program: rule.program, messageProgram: text.program } }
}

/** Anything may turn out to be of the type that is wanted. */
const isType = (type: DeclType, name: string): boolean =>
  type.kind === 'dyn' || (type.kind === 'scalar' && type.name === name)

/** Undefined: no rules here nor below. Asserts nothing: rules that do not compile were refused with the CRD. */
export function ruleTree(schema: Structural, isResourceRoot = false): RuleTree | undefined {
  const own = compileRules(schema, isResourceRoot)
  const properties = new Map<string, RuleTree>()
  for (const [name, property] of schema.properties) {
    const tree = ruleTree(property, property.embeddedResource)
    if (tree !== undefined) properties.set(name, tree)
  }
  const treeOf = (member: Structural | boolean | undefined): RuleTree | undefined =>
    typeof member === 'object' ? ruleTree(member, member.embeddedResource) : undefined
  const additionalProperties = treeOf(schema.additionalProperties)
  const items = treeOf(schema.items)
  const rules = own.ok ? own.rules : []
  const isBare = rules.length === 0 && properties.size === 0 && (additionalProperties ?? items) === undefined
  const looksBack = rules.some(
    ({ program, messageProgram }) => program.usesOldSelf || messageProgram?.usesOldSelf === true,
  )
  const below = [...properties.values(), additionalProperties, items]
  const isTimeless = !looksBack && below.every((tree) => tree?.isTimeless !== false)
  return isBare ? undefined : { schema, rules, looksBack, isTimeless, properties, additionalProperties, items }
}

/** A place in the object, with what stood there before and the nearest place above whose past is known. */
interface Spot {
  readonly inquiry: Inquiry
  readonly path: string
  readonly value: unknown
  readonly old: Correlated | undefined
  /** What CEL calls `oldSelf`. */
  readonly oldSelf: unknown
  readonly above: { readonly old: Correlated | undefined; readonly value: unknown } | undefined
}

/** One asking of all rules. */
interface Inquiry {
  /** How often a broken rule was let pass because it was broken before. */
  forgiven: number
}

const values = new CelValues()
/** What met all rules of a timeless tree. */
const met = new Settled()

/** Asks all rules of a tree. `old` is the object before the update, undefined on a create. */
export function askRules(tree: RuleTree, value: unknown, old: unknown): readonly Cause[] {
  const before = old === undefined ? undefined : { value: old }
  return ask(tree, { inquiry: { forgiven: 0 }, path: '', value, old: before, oldSelf: old, above: undefined })
}

function ask(tree: RuleTree, spot: Spot): readonly Cause[] {
  const { value, inquiry } = spot
  if (value === null || value === undefined) return []
  if (typeof value !== 'object' || !tree.isTimeless) return askAll(tree, spot)
  if (met.isSettled(tree.schema, value)) return []
  const { forgiven } = inquiry
  const causes = askAll(tree, spot)
  if (causes.length === 0 && inquiry.forgiven === forgiven) met.settle(tree.schema, value)
  return causes
}

function askAll(tree: RuleTree, spot: Spot): readonly Cause[] {
  const { value } = spot
  const own = askOwn(tree, spot)
  if (Array.isArray(value)) return [...own, ...askItems(tree, spot, value)]
  return isObject(value) ? [...own, ...askMembers(tree, spot, value)] : own
}

function askOwn(tree: RuleTree, spot: Spot): readonly Cause[] {
  if (tree.rules.length === 0) return []
  const self = values.of(tree.schema, spot.value)
  const hasPast = tree.looksBack && spot.oldSelf !== undefined && spot.oldSelf !== null
  const before = hasPast ? values.of(tree.schema, spot.oldSelf) : undefined
  return tree.rules.flatMap((rule) => {
    const { source, program } = rule
    if (program.usesOldSelf && before === undefined && !source.optionalOldSelf) return []
    const oldSelf = source.optionalOldSelf ? (before === undefined ? [] : [before]) : before
    const bindings = oldSelf === undefined ? { self } : { self, oldSelf }
    const result = program.evaluate(bindings)
    if (!result.ok) return [evaluationFailed(tree, rule, { path: spot.path, error: result.error })]
    if (result.value === true) return []
    if (!program.usesOldSelf && isForgiven(spot)) {
      spot.inquiry.forgiven += 1
      return []
    }
    return [broken(tree, spot, { rule, detail: messageOf(rule, bindings) })]
  })
}

/** What was wrong before the update and did not change is let through. */
const isForgiven = ({ old, value, above }: Spot): boolean =>
  old === undefined ? above !== undefined && isUnchanged(above.old, above.value) : isUnchanged(old, value)

function messageOf({ source, messageProgram }: CompiledRule, bindings: Parameters<Program['evaluate']>[0]): string {
  const result = messageProgram?.evaluate(bindings)
  const text = result?.ok === true && typeof result.value === 'string' ? result.value.trim() : ''
  if (text !== '' && !text.includes('\n')) return text
  return source.message === '' ? `failed rule: ${source.rule.trim()}` : source.message.trim()
}

function evaluationFailed(
  { schema }: RuleTree,
  { source }: CompiledRule,
  { path, error }: { readonly path: string; readonly error: string },
): Cause {
  const rule = source.message === '' ? source.rule.trim() : source.message.trim()
  const detail = error.startsWith('no such overload')
    ? `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`
    : `${error} evaluating rule: ${rule}`
  return invalid(path === '' ? noField : path, schema.type, detail)
}

function broken(
  { schema }: RuleTree,
  spot: Spot,
  { rule: { source }, detail }: { readonly rule: CompiledRule; readonly detail: string },
): Cause {
  const field = fieldOf(spot.path, source.fieldPath)
  const value = schema.type === 'object' || schema.type === 'array' ? omitted : spot.value
  switch (source.reason) {
    case 'FieldValueForbidden':
      return forbidden(field, detail)
    case 'FieldValueRequired':
      return required(field, detail)
    case 'FieldValueDuplicate':
      return duplicate(field, value)
    default:
      return invalid(field, value, detail)
  }
}

function fieldOf(path: string, fieldPath: string): string {
  const below = fieldPath.replace(/^\./, '')
  if (below === '') return path === '' ? noField : path
  return path === '' ? below : `${path}.${below}`
}

const askItems = (tree: RuleTree, spot: Spot, list: readonly unknown[]): readonly Cause[] => {
  const { items, schema } = tree
  if (items === undefined) return []
  return list.flatMap((item, index) => {
    const past = correlatedItem(schema, spot.oldSelf, item)
    const old = spot.old === undefined ? undefined : past
    const path = `${spot.path}[${index}]`
    return ask(items, { inquiry: spot.inquiry, path, value: item, old, oldSelf: past?.value, above: aboveOf(spot) })
  })
}

function askMembers(tree: RuleTree, spot: Spot, object: Readonly<Record<string, unknown>>): readonly Cause[] {
  const causes: Cause[] = []
  for (const [key, below] of tree.properties) {
    if (Object.hasOwn(object, key)) causes.push(...ask(below, memberSpot(tree, spot, { object, key })))
  }
  const { additionalProperties } = tree
  if (additionalProperties === undefined) return causes
  for (const key of Object.keys(object)) {
    if (tree.schema.properties.has(key)) continue
    causes.push(...ask(additionalProperties, memberSpot(tree, spot, { object, key })))
  }
  return causes
}

interface Member {
  readonly object: Readonly<Record<string, unknown>>
  readonly key: string
}

const memberSpot = ({ schema }: RuleTree, spot: Spot, { object, key }: Member): Spot => ({
  inquiry: spot.inquiry,
  path: childPath({ schema, path: spot.path }, key),
  value: object[key],
  old: correlatedMember({ schema, old: spot.old, value: object }, key),
  oldSelf: isObject(spot.oldSelf) ? spot.oldSelf[key] : undefined,
  above: aboveOf(spot),
})

const aboveOf = (spot: Spot): Spot['above'] =>
  spot.old === undefined ? spot.above : { old: spot.old, value: spot.value }
