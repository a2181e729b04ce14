import { z } from 'zod'
import { keepUnknown } from '../../kernel/keep-unknown.ts'
import { readOnce } from '../../kernel/read-once.ts'
import { type Kind, type KubeObject, projectMeta } from '../kind.ts'

/** The group and version of every kind of ours. */
export const group = 'prunella.dev'
export const version = 'v1alpha1'

/** A rule that the API server checks; the message says what is allowed. */
export interface CelRule {
  readonly rule: string
  readonly message: string
  readonly fieldPath?: string
}

/** Attaches CEL rules to a schema, for the generated CRD. Parsing here does not run them: the API server already has. */
export const withRules = <Schema extends z.ZodType>(schema: Schema, ...rules: readonly CelRule[]): Schema =>
  schema.meta({ ...schema.meta(), 'x-kubernetes-validations': [...(rulesOf(schema) ?? []), ...rules] })

const rulesOf = (schema: z.ZodType): readonly CelRule[] | undefined => {
  const rules: unknown = schema.meta()?.['x-kubernetes-validations']
  return Array.isArray(rules) ? rules : undefined
}

/** A union is optional members and this rule. */
export const exactlyOneOf = (members: readonly string[], what: string): CelRule => ({
  rule: `[${members.map((member) => `has(self.${member})`).join(', ')}].filter(x, x).size() == 1`,
  message: `${what} must have exactly one of ${members.map((member) => `\`${member}\``).join(', ')}`,
})

/** Like an enum of Kubernetes: its error lists what is allowed. */
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values, description: string) =>
  z.enum(values).describe(description)

/** How sure a diagnosis is. */
export const confidences = ['High', 'Medium', 'Low'] as const
export type Confidence = (typeof confidences)[number]

export const text = (maxLength: number, description: string) => z.string().max(maxLength).describe(description)

export const seconds = (min: number, max: number, description: string) =>
  z.int().min(min).max(max).describe(description)

/** A list whose entries are told apart by one member: twice the same is refused. */
export const keyedBy = (key: string, description: string) => ({
  description,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
})

/** A map of at most 16 entries. Length of keys is checked by zod alone: a CRD has no word for it. */
export const mapOf = <Value extends z.ZodType>(keyLengthMax: number, value: Value, description: string) =>
  z.record(z.string().max(keyLengthMax), value).meta({ description, maxProperties: 16 })

/** The name of an object in Kubernetes. */
export const objectName = (description: string) => z.string().min(1).max(253).describe(description)

const label63 = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'

/** Diagnoses and rungs: kebab-case. */
export const kebabName = (description: string) =>
  withRules(z.string().min(1).max(63).describe(description), {
    rule: `self.matches('${label63}')`,
    message:
      "must be lower-case letters, digits and '-', and begin and end with a letter or digit, such as 'power-cycle'",
  })

const celReserved = [
  'node',
  'value',
  'rate',
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
] as const

/** Signals: CEL identifiers, for `when` is CEL over them. */
export const signalName = (description: string) =>
  withRules(
    z.string().min(1).max(63).describe(description),
    {
      rule: "self.matches('^[a-zA-Z_][a-zA-Z0-9_]*$')",
      message:
        "must be a CEL identifier: letters, digits and '_', not beginning with a digit, such as 'kernelDeadlock'",
    },
    {
      rule: `!(self in [${celReserved.map((word) => `'${word}'`).join(', ')}])`,
      message: "must not be 'node', 'value', 'rate' or a word that CEL reserves",
    },
  )

/** A count from 0 to 1000, or a percentage from 1% to 100% that rounds down and is never below 1: none at all is the count 0. */
export const intOrPercent = (description: string) =>
  withRules(z.union([z.int(), z.string()]).meta({ description, 'x-kubernetes-int-or-string': true }), {
    rule: "type(self) == string ? self.matches('^(100|[1-9][0-9]?|0[1-9])%$') : (self >= 0 && self <= 1000)",
    message: "must be a whole number from 0 to 1000, or a percentage from '1%' to '100%'; write 0 for none",
  })

/**
 * RFC 3339 in UTC or with an offset. The rule is no bound: the API server holds only texts to a format, and would store a list
 * where a time belongs.
 */
export const time = (description: string) =>
  withRules(z.string().max(40).meta({ description, format: 'date-time' }), {
    rule: "self >= timestamp('0001-01-01T00:00:00Z')",
    message: "must be a time such as '2026-11-21T08:00:00Z'",
  })

const conditionSchema = z
  .object({
    type: text(64, 'Name of the condition, an adjective or past participle.'),
    status: oneOf(['True', 'False', 'Unknown'], 'Whether it holds.'),
    reason: text(128, 'One stable PascalCase word for the cause.'),
    message: text(1024, 'One sentence with names and numbers.'),
    lastTransitionTime: time('When `status` last changed.'),
    observedGeneration: z.int().min(0).optional().describe('The generation of the spec that this was said of.'),
  })
  .describe('One fact about the object.')

export const conditionsSchema = z
  .array(conditionSchema)
  .max(16)
  .meta(keyedBy('type', 'Facts about the object; scripts read these.'))

export type Condition = Readonly<z.output<typeof conditionSchema>>

const gateAnswerSchema = z
  .object({
    gate: text(64, 'Name of the gate.'),
    result: oneOf(['Pass', 'Hold', 'Unknown', 'NotReached'], 'What it answers.'),
    reason: text(64, 'One stable word per cause; a passing gate has its own name.').optional(),
    message: text(1024, 'One sentence with names and numbers.').optional(),
    numbers: mapOf(64, z.number(), 'The figures that the answer rests on.').optional(),
    unblockedBy: text(256, 'What would make it pass.').optional(),
  })
  .describe('The answer of one gate.')

export type GateAnswer = Readonly<Omit<z.output<typeof gateAnswerSchema>, 'numbers'>> & {
  readonly numbers?: Readonly<Record<string, number>> | undefined
}

export const gateAnswersSchema = z
  .array(gateAnswerSchema)
  .max(24)
  .describe('Answers of gates, in the order in which people read them.')

/** Spec and status as parsed; undefined where what is stored does not fit the schema, and then `problem` says why. */
export interface Stored<Spec, Status> extends KubeObject {
  readonly spec: Spec | undefined
  readonly status: Status
  readonly problem: string | undefined
  /** Set where a status does not fit: another release wrote it, or somebody by hand. It then reads as empty. */
  readonly statusProblem?: string | undefined
}

export interface KindNames {
  readonly kind: string
  readonly plural: string
}

/**
 * A kind of ours from its schemas. What a newer release has added is carried along unread. A status that does not fit counts as
 * none at all, and says so: most are derived and come again; where one is not, nobody must act on its emptiness.
 */
export function kindOf<Spec, Status>(
  names: KindNames,
  spec: z.ZodType<Spec>,
  status: z.ZodType<Status>,
): Kind<Stored<Spec, Status>> {
  const [specOf, statusOf] = [readOnce(specReader(spec)), readOnce(statusReader(status))]
  return {
    group,
    version,
    ...names,
    namespaced: false,
    project: readOnce((raw) => ({
      metadata: projectMeta(raw),
      ...specOf(raw['spec'] ?? {}),
      ...statusOf(raw['status'] ?? {}),
    })),
  }
}

const specReader =
  <Spec>(schema: z.ZodType<Spec>) =>
  (raw: unknown): Pick<Stored<Spec, unknown>, 'spec' | 'problem'> => {
    const { success, data, error } = schema.safeParse(raw)
    if (success) return { spec: keepUnknown(data, raw), problem: undefined }
    return { spec: undefined, problem: issuesOf('spec', error) }
  }

const statusReader =
  <Status>(schema: z.ZodType<Status>) =>
  (raw: unknown): Pick<Stored<unknown, Status>, 'status' | 'statusProblem'> => {
    const { success, data, error } = schema.safeParse(raw)
    if (success) return { status: keepUnknown(data, raw) }
    return { status: schema.parse({}), statusProblem: issuesOf('status', error) }
  }

const issuesOf = (where: string, { issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${where}.${path.join('.')}: ${message}`).join('; ')

export const noStatus = z.object({}).describe('This kind has no status.')
