import { wrapped } from '../../domain/explain/wrapped.ts'
import type { LintFinding } from '../../domain/policy/lint/finding.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { CliContext, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { paint } from '../output/paint.ts'
import { type LintedDocument, type LintedFile, lintFile } from './lint-file.ts'

interface LintOptions {
  readonly filename: readonly string[]
  readonly ignore?: readonly string[]
  readonly output?: Format
}

/** What a policy would be refused for, and what it hardly can mean. Needs no cluster. */
export const lintVerb: Verb = {
  name: 'lint',
  declare: (command, run) => {
    withFormat(
      command
        .description('what is wrong with policies, without a cluster; exits 1 when anything is found')
        .requiredOption('-f, --filename <file...>', 'file with one or more documents, `-` for the standard input')
        .option('--ignore <rule...>', 'rules of which nothing is said, such as `unknown-condition`'),
    ).action(async (options: LintOptions) => await run(async (context) => lint(context, options)))
  },
}

function lint(context: CliContext, { filename, ignore = [], output }: LintOptions): ExitCode {
  const { terminal, offline } = context
  const files: LintedFile[] = []
  try {
    files.push(...filename.map((file) => lintFile(offline, file)))
  } catch (error) {
    terminal.err(`error: ${causeText(error)}`)
    return exitCode.usage
  }
  const documents = files
    .flatMap((file) => file.documents)
    .map((document) => ({ ...document, findings: document.findings.filter(({ rule }) => !ignore.includes(rule)) }))
  if (documents.length === 0) {
    terminal.err(`error: ${filename.join(', ')}: there is no object of prunella.dev/v1alpha1 in it`)
    return exitCode.usage
  }
  const found = documents.flatMap(({ findings }) => findings)
  if (output === 'json' || output === 'yaml')
    printValue(terminal, { apiVersion: outputVersion, kind: 'LintReport', documents }, output)
  else printReport(terminal, documents)
  return found.length === 0 ? exitCode.done : exitCode.error
}

function printReport(terminal: CliContext['terminal'], documents: readonly LintedDocument[]): void {
  for (const document of documents.filter(({ findings }) => findings.length > 0)) {
    terminal.out(`${document.file}  ${document.object}`)
    for (const line of document.findings.flatMap((finding) => linesOf(terminal, finding))) terminal.out(line)
    terminal.out('')
  }
  terminal.out(summaryOf(documents))
}

function linesOf(terminal: CliContext['terminal'], { severity, field, message, rule }: LintFinding): readonly string[] {
  const word = severity.padEnd('Warning'.length)
  const [first = '', ...rest] = wrapped(
    `  ${word}  `,
    `${field === '' ? '' : `${field}: `}${message} [${rule}]`,
    terminal.columns,
  )
  return [first.replace(word, paint(terminal, severity === 'Error' ? 'Bad' : 'Doubt', word)), ...rest]
}

function summaryOf(documents: readonly LintedDocument[]): string {
  const found = documents.flatMap(({ findings }) => findings)
  const errors = found.filter(({ severity }) => severity === 'Error').length
  const objects = counted(documents.length, 'object')
  if (found.length === 0) return `${objects}, nothing found`
  return `${objects}, ${counted(errors, 'error')}, ${counted(found.length - errors, 'warning')}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
