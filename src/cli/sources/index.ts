import {
  type NodeRemediationPolicy,
  policyKind,
  type SourceStatus,
} from '../../api/v1alpha1/node-remediation-policy.ts'
import { durationInWords, type Instant, parseTime } from '../../kernel/time.ts'
import type { CliContext, Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Column, type Format, orNone, outputVersion, printValue, withFormat } from '../output/format.ts'
import { paint } from '../output/paint.ts'
import { table } from '../output/table.ts'

/** Whether the sources that policies rest on answer, as the operator last told. */
export const sourcesVerb: Verb = {
  name: 'sources',
  declare: (command, run) => {
    withFormat(command.description('which sources of signals answer, which fail, and since when')).action(
      async ({ output }: { readonly output?: Format }) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          print(context, rowsOf(await cluster.list(policyKind)), output)
          return exitCode.done
        }),
    )
  },
}

interface Row extends SourceStatus {
  readonly policies: readonly string[]
}

/** One row for each source: where policies tell of it differently, whichever was told last. */
function rowsOf(policies: readonly NodeRemediationPolicy[]): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const { metadata, status } of policies) {
    for (const source of status.sources ?? []) {
      const key = `${source.kind}/${source.name}`
      const known = rows.get(key)
      const newer = known !== undefined && known.since > source.since ? known : source
      rows.set(key, { ...newer, policies: [...(known?.policies ?? []), metadata.name].toSorted() })
    }
  }
  return [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row)
}

const agoInWords = (time: string, now: Instant): string => durationInWords(Math.max(0, now - (parseTime(time) ?? now)))

/** None: it never was since the operator started. */
const lastHeard = ({ state, lastHeardTime }: Row, now: Instant): string =>
  state === 'Answering' ? 'current' : orNone(lastHeardTime && agoInWords(lastHeardTime, now))

const columnsAt = (now: Instant): readonly Column<Row>[] => [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'SINCE', cell: ({ since }) => agoInWords(since, now) },
  { title: 'LAST HEARD', cell: (row) => lastHeard(row, now) },
  { title: 'POLICIES', cell: ({ policies }) => policies.join(',') },
  { title: 'MESSAGE', cell: ({ message }) => orNone(message) },
]

function print({ terminal, clock }: CliContext, rows: readonly Row[], output: Format | undefined): void {
  if (output === 'json' || output === 'yaml') {
    printValue(terminal, { apiVersion: outputVersion, kind: 'SourceList', items: rows }, output)
    return
  }
  if (output === 'name') {
    for (const { kind, name } of rows) terminal.out(`${kind}/${name}`)
    return
  }
  if (rows.length === 0) {
    terminal.err('No policy rests on a source that the operator asks by itself, or it has not told yet.')
    return
  }
  const columns = columnsAt(clock.now())
  const [head = '', ...lines] = table(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map(({ cell }) => cell(row))),
  )
  terminal.out(head)
  for (const [index, line] of lines.entries())
    terminal.out(paint(terminal, rows[index]?.state === 'Failing' ? 'Bad' : undefined, line))
}
