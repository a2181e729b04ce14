import { z } from 'zod'
import type { DeepReadonly } from '../kernel/deep-readonly.ts'
import { printableJson } from '../kernel/hostile-text.ts'
import { at, isObject, listAt, textAt } from '../kernel/json.ts'
import { annotation, keepOffMarks } from './annotations.ts'

/**
 * One look of a controller, as it is written to a file: a line of JSON. Moments of the monotonic clock, in the observation too, mean
 * something only beside others of the same process.
 */
export const journalLineSchema = z.object({
  /** RFC 3339, by the clock of the machine. */
  time: z.string().max(40),
  /** Milliseconds on the monotonic clock of the process. */
  mono: z.number(),
  /** New for every start of a process. */
  process: z.string().max(256),
  controller: z.string().max(64),
  key: z.string().max(512),
  observation: z.unknown(),
  decision: z.unknown(),
})

export type JournalLine = DeepReadonly<z.output<typeof journalLineSchema>>

/** The line without its break; `redactedText` says what is left out. */
export const redactedJson = (line: JournalLine): string => redactedText(line, whensOf(line.observation))

/**
 * A value as JSON in one line. Annotations that nobody reads are left out, whatever bears the name of a secret is struck out, and
 * characters that could harm a terminal are escaped: read back, the text is the same. `read` may name further annotations.
 */
export function redactedText(value: unknown, read: string): string {
  const strike = (key: string, member: unknown): unknown => {
    if (secretName.test(key)) return '***'
    if (key === 'annotations' && isObject(member)) return keptAnnotations(member, read)
    return member
  }
  return printableJson(JSON.stringify(value, strike))
}

/** Observations hold none by design; a field that somebody adds one day is struck out by its name. */
const secretName = /^(password|passwd|token|bearerToken|authorization|secret|secretData|credentials?|privateKey)$/i

const keptAnnotations = (annotations: object, read: string): object =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => isRead(key) || isNamed(key, read)))

/** As CEL names it. */
const isNamed = (key: string, read: string): boolean =>
  [`'${key}'`, `"${key}"`, `annotations.${key}`].some((name) => read.includes(name))

const ownNames: readonly string[] = [...Object.values(annotation), ...keepOffMarks]
/** Of others at work on a node or a pod, as `domain/surroundings` reads them. */
const foreignPrefixes = [
  'prunella.dev/',
  'weave.works/kured-',
  'draino.planet.com/',
  'cluster-autoscaler.kubernetes.io/',
  'karpenter.sh/',
  'kubernetes.io/config.mirror',
  'aws-node-termination-handler/',
]

const isRead = (key: string): boolean =>
  ownNames.includes(key) || foreignPrefixes.some((prefix) => key.startsWith(prefix))

/** The expressions by which the observation was judged: they may read annotations by name. */
export function whensOf(observation: unknown): string {
  const specs = [
    ...listAt(observation, 'policies').map((policy) => at(policy, 'spec')),
    at(observation, 'shared', 'policy'),
  ]
  const diagnoses = specs.flatMap((spec) => listAt(spec, 'diagnoses'))
  const cause = textAt(observation, 'run', 'spec', 'cause', 'when') ?? ''
  return [...diagnoses.map((diagnosis) => textAt(diagnosis, 'when') ?? ''), cause].join('\n')
}
