import type { DiagnosisRecord } from '../../api/v1alpha1/grade.ts'
import { type NodeRemediationPolicy, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { adviceOf } from '../../domain/explain/track-record-in-words.ts'
import { NotFoundError } from '../../ports/errors.ts'
import type { CliContext, Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Column, type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { table } from '../output/table.ts'

/** How often acting would have been right: what became of the nodes that Observe would have treated. */
export const trackRecordVerb: Verb = {
  name: 'track-record',
  declare: (command, run) => {
    command
      .description('how often acting would have been right, by diagnosis: before you switch from Observe to Automatic')
      .argument('[policy]', 'show only this one')
    withFormat(command).action(
      async (policyName: string | undefined, { output }: { readonly output?: Format }) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          const policies = (await cluster.list(policyKind)).filter(
            ({ metadata }) => policyName === undefined || metadata.name === policyName,
          )
          if (policyName !== undefined && policies.length === 0)
            throw new NotFoundError(`there is no policy ${policyName}`)
          print(context, policies, output)
          return exitCode.done
        }),
    )
  },
}

interface Row {
  readonly policyName: string
  readonly record: DiagnosisRecord
}

const columns: readonly Column<Row>[] = [
  { title: 'DIAGNOSIS', cell: ({ record }) => record.diagnosis },
  { title: 'POLICY', cell: ({ policyName }) => policyName },
  { title: 'REHEARSED', cell: ({ record }) => String(record.rehearsed) },
  { title: 'RIGHT', cell: ({ record }) => String(record.right) },
  { title: 'EARLY', cell: ({ record }) => String(record.early) },
  { title: 'NEEDLESS', cell: ({ record }) => String(record.needless) },
  { title: 'PENDING', cell: ({ record }) => String(record.pending) },
  { title: 'UNKNOWN', wide: true, cell: ({ record }) => String(record.unknown) },
  { title: 'ACTED', wide: true, cell: ({ record }) => String(record.acted) },
  { title: 'HELPED', wide: true, cell: ({ record }) => String(record.helped) },
]

function print({ terminal }: CliContext, policies: readonly NodeRemediationPolicy[], output: Format | undefined): void {
  const rows = policies
    .toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
    .flatMap(({ metadata, status }) =>
      (status.trackRecord ?? []).map((record): Row => ({ policyName: metadata.name, record })),
    )
  if (output === 'json' || output === 'yaml') {
    const items = rows.map(({ policyName, record }) => ({ policy: policyName, ...record, advice: adviceOf(record) }))
    printValue(terminal, { apiVersion: outputVersion, kind: 'TrackRecordList', items }, output)
    return
  }
  if (output === 'name') {
    for (const { policyName, record } of rows) terminal.out(`${policyName}/${record.diagnosis}`)
    return
  }
  if (rows.length === 0) {
    terminal.err('Nothing has been rehearsed or treated yet: a policy in mode Observe rehearses what it would treat.')
    return
  }
  const shown = columns.filter(({ wide }) => output === 'wide' || wide !== true)
  const titles = shown.map(({ title }) => title)
  for (const line of table(
    titles,
    rows.map((row) => shown.map(({ cell }) => cell(row))),
  ))
    terminal.out(line)
  for (const line of ['', ...rows.map(inWords)]) terminal.out(line)
}

const inWords = ({ record }: Row): string => `${record.diagnosis}: ${adviceOf(record)}`
