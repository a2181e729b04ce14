import { nodeKind } from '../../api/core/node.ts'
import type { Episode } from '../../api/episode.ts'
import type { JournalLine } from '../../api/journal-line.ts'
import { healthKind } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { episodeOf, isOfEpisode } from '../../domain/replay/episode-of.ts'
import { pseudonymised } from '../../domain/replay/pseudonyms.ts'
import { printableJson } from '../../kernel/hostile-text.ts'
import { NotFoundError } from '../../ports/errors.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'

interface ExportOptions {
  readonly journal: readonly string[]
  readonly output?: string
  readonly redactNames?: true
}

/** One run, with everything that was seen and decided around it, as a file that can be replayed anywhere. */
export const exportVerb: Verb = {
  name: 'export',
  declare: (command, run) => {
    command
      .description('write a run, and what was seen and decided around it, as one JSON file')
      .argument('<run>', 'name of the run')
      .option(
        '--journal <directory>',
        'journal of the operator, one for each replica; without any there is nothing to replay',
        (directory: string, others: readonly string[]) => [...others, directory],
        [],
      )
      .option('-o, --output <file>', 'where to write; left out: to standard output')
      .option('--redact-names', 'pseudonyms for nodes, pods, images and addresses')
      .action(async (name: string, options: ExportOptions) => {
        await run(async (context, global) => await exportRun(context, global, { name, ...options }))
      })
  },
}

async function exportRun(
  context: CliContext,
  global: GlobalOptions,
  { name, journal, output, redactNames }: ExportOptions & { readonly name: string },
): Promise<ExitCode> {
  const { terminal, clock, version, records } = context
  const cluster = await context.cluster(global)
  const run = await cluster.get(runKind, { name })
  if (run?.spec === undefined) throw new NotFoundError(`there is no run ${name}, or it cannot be read`)
  const nodeName = run.spec.node.name
  const [policy, health, node] = await Promise.all([
    cluster.get(policyKind, { name: run.spec.policyName }),
    cluster.get(healthKind, { name: nodeName }),
    cluster.get(nodeKind, { name: nodeName }),
  ])
  const now = clock.now()
  const lines = await linesOf(journal.map(records.journal), isOfEpisode(run, now))
  if (lines.length === 0) terminal.err(`warning: ${whyEmpty(journal, run)}`)
  const episode = episodeOf({ now, version, run, policy, health, node, lines })
  const text = textOf(redactNames === true ? pseudonymised(episode) : episode)
  if (output === undefined) terminal.out(text)
  else {
    await records.write(output, `${text}\n`)
    terminal.err(`${output}: run ${name} with ${episode.entries.length} entries of the journal`)
  }
  if (episode.leftOut > 0) terminal.err(`warning: the latest ${episode.leftOut} entries were left out`)
  return exitCode.done
}

/** One line for each look, so that two exports can be compared. */
function textOf({ entries, ...head }: Episode): string {
  const looks = entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')
  const text = JSON.stringify(head, undefined, 2)
  return printableJson(`${text.slice(0, -2)},\n  "entries": [\n${looks}\n  ]\n}`)
}

const whyEmpty = (journal: readonly string[], { metadata }: NodeRemediation): string =>
  journal.length === 0
    ? 'without --journal the file holds no observations, and a replay has nothing to decide'
    : `${journal.join(', ')}: the journal knows nothing of run ${metadata.name} and its node`

async function linesOf(
  journals: readonly AsyncIterable<JournalLine>[],
  isWanted: (line: JournalLine) => boolean,
): Promise<readonly JournalLine[]> {
  const wanted: JournalLine[] = []
  for (const lines of journals) for await (const line of lines) if (isWanted(line)) wanted.push(line)
  return wanted.toSorted((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0))
}
