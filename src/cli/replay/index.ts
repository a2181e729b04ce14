import { type Episode, readEpisode } from '../../api/episode.ts'
import { type NodeRemediationPolicy, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { Difference } from '../../domain/replay/difference.ts'
import { replayUnder } from '../../domain/replay/exchange.ts'
import { type Replay, replay } from '../../domain/replay/replay.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import { textAt } from '../../kernel/json.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { CliContext, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { readDocuments } from '../read-documents.ts'

interface ReplayOptions {
  readonly filename?: string
  readonly output?: Format
}

/** Today's decisions over what was seen then: for bug reports, and for users' own CI. Needs no cluster. */
export const replayVerb: Verb = {
  name: 'replay',
  declare: (command, run) => {
    command
      .description('decide an exported run again, and show what is decided otherwise: exit code 8 where anything is')
      .argument('<file>', 'what `export` has written; - is the standard input')
      .option('-f, --filename <policy>', 'under this policy instead of the recorded one')
    withFormat(command).action(async (file: string, options: ReplayOptions) => {
      await run(async (context) => replayFile(context, file, options))
    })
  },
}

interface Texts {
  readonly recorded: string
  readonly policy: string | undefined
}

function replayFile(context: CliContext, file: string, options: ReplayOptions): ExitCode {
  const { terminal, offline } = context
  const { filename } = options
  let texts: Texts
  try {
    texts = { recorded: offline.text(file), policy: filename === undefined ? undefined : offline.text(filename) }
  } catch (error) {
    terminal.err(`error: ${causeText(error)}`)
    return exitCode.usage
  }
  return replayTexts(context, texts, { ...options, file })
}

function replayTexts(
  context: CliContext,
  texts: Texts,
  { file, filename, output }: ReplayOptions & { readonly file: string },
): ExitCode {
  const { terminal } = context
  const read = readEpisode(texts.recorded)
  if (!read.ok) {
    for (const { path, message } of read.issues)
      terminal.err(`error: ${file}: ${path === '' ? '' : `${path} `}${message}`)
    return exitCode.usage
  }
  const policy =
    texts.policy === undefined ? undefined : policyIn(texts.policy, textAt(read.value.run, 'spec', 'policyName'))
  if (policy !== undefined && policy.spec === undefined) {
    terminal.err(`error: ${filename}: ${policy.problem ?? 'is not a NodeRemediationPolicy'}`)
    return exitCode.usage
  }
  const told = policy === undefined ? replay(read.value) : replayUnder(read.value, policy)
  if (output === 'json' || output === 'yaml')
    printValue(
      terminal,
      { apiVersion: outputVersion, kind: 'Replay', run: read.value.run.metadata.name, ...told },
      output,
    )
  else print(context, read.value, told)
  return told.differences.length === 0 ? exitCode.done : exitCode.different
}

/** The one of that name, where the file holds several. */
function policyIn(text: string, name: string | undefined): NodeRemediationPolicy {
  const { documents, problems } = readDocuments(text)
  if (problems[0] !== undefined) return { ...policyKind.project({}), spec: undefined, problem: problems[0] }
  const policies = documents.filter(({ object }) => textAt(object, 'kind') === policyKind.kind)
  const own = policies.find(({ object }) => textAt(object, 'metadata', 'name') === name)
  const chosen = policies.length === 1 ? policies[0] : own
  if (chosen !== undefined) return policyKind.project(chosen.object)
  const problem = `holds ${policies.length} policies, and none that is called ${name ?? 'so'}`
  return { ...policyKind.project({}), spec: undefined, problem }
}

function print({ terminal }: CliContext, { run, versions, entries }: Episode, { decided, differences }: Replay): void {
  const { name } = run.metadata
  terminal.out(
    `Run ${name}, recorded with prunella v${versions.prunella}: ${decided} of ${entries.length} looks decided again`,
  )
  if (entries.length === 0) terminal.err('warning: the file holds no observations: export it with --journal')
  if (differences.length === 0) {
    terminal.out('No difference.')
    return
  }
  for (const difference of differences) for (const line of inWords(difference)) terminal.out(line)
  terminal.out('')
  terminal.out(`${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}.`)
}

const inWords = ({ time, controller, key, was, is }: Difference): readonly string[] => [
  '',
  safeText(`${time}  ${controller} ${key}`),
  `  was  ${safeText(was, 1_024)}`,
  `  now  ${safeText(is, 1_024)}`,
]
