import { definitions } from '../../api/crd/definitions.ts'
import { pollSeconds } from '../../api/pacing.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { group, version } from '../../api/v1alpha1/schema.ts'
import type { LintFinding } from '../../domain/policy/lint/finding.ts'
import { lintPolicy } from '../../domain/policy/lint/lint-policy.ts'
import { type JsonObject, textAt } from '../../kernel/json.ts'
import { nearest } from '../../kernel/nearest.ts'
import type { Issue } from '../../kernel/parsed.ts'
import type { Offline } from '../context.ts'
import { readDocuments } from '../read-documents.ts'

/** What is said of one document of a file. */
export interface LintedDocument {
  readonly file: string
  readonly number: number
  /** As in `NodeRemediationPolicy/general`. */
  readonly object: string
  readonly findings: readonly LintFinding[]
}

export interface LintedFile {
  readonly documents: readonly LintedDocument[]
  /** Objects of other groups: nothing is said of them. */
  readonly skipped: number
}

/** Throws when the file cannot be read. */
export function lintFile(offline: Offline, file: string): LintedFile {
  const { documents, problems } = readDocuments(offline.text(file))
  const unreadable = problems.map((message): LintedDocument => {
    const finding = { severity: 'Error', rule: 'yaml', field: '', message } as const
    return { file, number: 0, object: 'document', findings: [finding] }
  })
  const linted = documents.flatMap(({ number, object }): readonly LintedDocument[] => {
    const findings = lintObject(offline, object)
    return findings === undefined ? [] : [{ file, number, object: nameOf(object), findings }]
  })
  return { documents: [...unreadable, ...linted], skipped: documents.length - linted.length }
}

const nameOf = (object: JsonObject): string =>
  `${textAt(object, 'kind') ?? 'object'}/${textAt(object, 'metadata', 'name') ?? '<none>'}`

/** Undefined: it is none of ours. */
function lintObject(offline: Offline, object: JsonObject): readonly LintFinding[] | undefined {
  const admission = offline.admit(object)
  if (admission === undefined) return strangerOfOurs(object)
  const schema = [
    ...admission.problems.filter(isOfField).map(({ path, message }) => schemaError(path, message)),
    ...admission.unknownFields.map((path) => schemaError(path, 'nobody knows this field: it would be dropped')),
  ]
  if (textAt(object, 'kind') !== policyKind.kind) return schema
  const { spec, problem } = policyKind.project(admission.object)
  if (spec !== undefined) return [...schema, ...lintPolicy(spec, pollSeconds)]
  return schema.length > 0 ? schema : [schemaError('spec', problem ?? 'cannot be read')]
}

/** Of our group, and of a version or kind that there is not. What the verbs write, such as `prunella.dev/episode/v1`, is none. */
function strangerOfOurs(object: JsonObject): readonly LintFinding[] | undefined {
  const [apiVersion, kind] = [textAt(object, 'apiVersion') ?? '', textAt(object, 'kind') ?? '']
  if (!apiVersion.startsWith(`${group}/v`)) return undefined
  const known = definitions.map(({ names }) => names.kind).toSorted()
  if (known.includes(kind)) return [schemaError('apiVersion', `must be '${group}/${version}'`)]
  const meant = nearest(kind, known)
  const advice = meant === undefined ? `must be one of ${known.join(', ')}` : `did you mean '${meant}'?`
  return [schemaError('kind', `there is no '${kind}'; ${advice}`)]
}

/** The API server adds, without a field, that it has not asked every rule of what it refuses anyway. */
const isOfField = ({ path }: Issue): boolean => path !== '<nil>'

const schemaError = (field: string, message: string): LintFinding => ({
  severity: 'Error',
  rule: 'schema',
  field,
  message,
})
