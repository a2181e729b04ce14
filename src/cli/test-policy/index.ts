import { type EvidenceFile, evidenceFileSchema } from '../../api/evidence-file.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { playCase, type Verdict } from '../../domain/evidence/play-case.ts'
import { wrapped } from '../../domain/explain/wrapped.ts'
import { type PreparedPolicy, preparePolicy } from '../../domain/policy/prepared-policy.ts'
import { describeIssue } from '../../domain/policy/validate-policy.ts'
import { textAt } from '../../kernel/json.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { CliContext, Offline, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { paint } from '../output/paint.ts'
import { table } from '../output/table.ts'
import { readDocuments } from '../read-documents.ts'

interface TestOptions {
  readonly filename: readonly string[]
  readonly given: readonly string[]
  readonly output?: Format
}

/** Policies against recorded evidence, for people's own pipelines. Needs no cluster. */
export const testPolicyVerb: Verb = {
  name: 'test-policy',
  declare: (command, run) => {
    withFormat(
      command
        .description('what policies say of recorded evidence, without a cluster; exits 1 where it is not as expected')
        .requiredOption('-f, --filename <file...>', 'file with policies, `-` for the standard input')
        .requiredOption('--given <file...>', 'file of kind Evidence: what is seen of a node, and what is expected'),
    ).action(async (options: TestOptions) => await run(async (context) => testPolicy(context, options)))
  },
}

function testPolicy({ terminal, offline }: CliContext, { filename, given, output }: TestOptions): ExitCode {
  let verdicts: readonly Verdict[]
  try {
    const policies = filename.flatMap((file) => readPolicies(offline, file))
    verdicts = given.flatMap((file) => playFile(offline, policies, file))
  } catch (error) {
    terminal.err(`error: ${causeText(error)}`)
    return exitCode.usage
  }
  if (output === 'json' || output === 'yaml')
    printValue(terminal, { apiVersion: outputVersion, kind: 'VerdictList', items: verdicts }, output)
  else printVerdicts(terminal, verdicts)
  return verdicts.every(isAsExpected) ? exitCode.done : exitCode.error
}

/** A policy that does nothing would pass every case that expects nothing. */
function readPolicies(offline: Offline, file: string): readonly PreparedPolicy[] {
  const { documents, problems } = readDocuments(offline.text(file))
  const [problem] = problems
  if (problem !== undefined) throw new Error(`${file}: ${problem}`)
  const policies = documents.filter(({ object }) => textAt(object, 'kind') === policyKind.kind)
  if (policies.length === 0) throw new Error(`${file}: there is no NodeRemediationPolicy in it`)
  return policies.map(({ object }) => {
    const name = textAt(object, 'metadata', 'name') ?? '<none>'
    const [refusal] = offline.admit(object)?.problems ?? []
    if (refusal !== undefined) throw new Error(`${file}: ${name}: ${refusal.path}: ${refusal.message}`)
    const policy = policyKind.project(object)
    const prepared = preparePolicy(policy)
    if (prepared === undefined) throw new Error(`${file}: ${name}: ${policy.problem ?? 'it has no spec'}`)
    const [issue] = prepared.issues
    if (issue !== undefined) throw new Error(`${file}: ${name}: ${describeIssue(issue)}`)
    return prepared
  })
}

function playFile(offline: Offline, policies: readonly PreparedPolicy[], file: string): readonly Verdict[] {
  const { documents, problems } = readDocuments(offline.text(file))
  const [problem] = problems
  if (problem !== undefined) throw new Error(`${file}: ${problem}`)
  if (documents.length === 0) throw new Error(`${file}: there is no document of kind Evidence in it`)
  return documents.flatMap(({ object }) => {
    const evidence = readEvidence(file, object)
    return evidence.cases.flatMap((one) => playCase(policies, one))
  })
}

function readEvidence(file: string, object: object): EvidenceFile {
  const { success, data, error } = evidenceFileSchema.safeParse(object)
  if (success) return data
  const issues = error.issues.slice(0, 5).map(({ path, message }) => `${pathText(path)}: ${message}`)
  throw new Error(`${file}: ${issues.join('; ')}`)
}

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('') || 'the document'

const isAsExpected = ({ differences }: Verdict): boolean => differences.length === 0

function printVerdicts(terminal: CliContext['terminal'], verdicts: readonly Verdict[]): void {
  const rows = verdicts.map((verdict) => [
    cut(verdict.case, terminal.columns < 120 ? 16 : 60),
    `${verdict.at}s`,
    expectedText(verdict),
    verdict.diagnosis,
    verdict.gate,
    isAsExpected(verdict) ? 'yes' : 'NO',
  ])
  const [head = '', ...lines] = table(['CASE', 'AT', 'EXPECTED', 'DIAGNOSIS', 'GATE', 'OK'], rows)
  terminal.out(head)
  for (const [index, line] of lines.entries()) {
    const verdict = verdicts[index]
    const isGood = verdict === undefined || isAsExpected(verdict)
    terminal.out(isGood ? line : paint(terminal, 'Bad', line))
  }
  const counted = verdicts.length === 1 ? '1 verdict' : `${verdicts.length} verdicts`
  const wrong = verdicts.filter((verdict) => !isAsExpected(verdict))
  for (const { case: name, at, differences, message } of wrong) {
    terminal.out('')
    for (const line of wrapped('', `${name}, at ${at}s: ${differences.join('; ')}`, terminal.columns))
      terminal.out(line)
    for (const line of wrapped('  ', message, terminal.columns)) terminal.out(line)
  }
  terminal.out('')
  terminal.out(wrong.length === 0 ? `${counted}, all as expected` : `${counted}, ${wrong.length} not as expected`)
}

const expectedText = ({ expected: { diagnosis, gate, signals = {} } }: Verdict): string =>
  [
    ...(diagnosis === undefined ? [] : [diagnosis]),
    ...(gate === undefined ? [] : [gate]),
    ...countedSignals(Object.keys(signals).length),
  ].join(' ')

const countedSignals = (count: number): readonly string[] =>
  count === 0 ? [] : [count === 1 ? '1 signal' : `${count} signals`]

const cut = (text: string, lengthMax: number): string =>
  text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text
