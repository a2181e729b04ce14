import { nodeKind } from '../../api/core/node.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { type NodeRemediationPolicy, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { headOf, type SignalRow, signalRows } from '../../domain/explain/signal-rows.ts'
import { durationInWords, type Instant } from '../../kernel/time.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { NotFoundError } from '../../ports/errors.ts'
import type { CliContext, Verb } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Column, type Format, orNone, outputVersion, printValue, withFormat } from '../output/format.ts'
import { paint, type Tone } from '../output/paint.ts'
import { table } from '../output/table.ts'

/** What is believed of one node, signal by signal; without a node, how each signal of each policy stands over all. */
export const signalsVerb: Verb = {
  name: 'signals',
  declare: (command, run) => {
    withFormat(
      command
        .description(
          'the signals of a node with state, age and source, or of every policy with how many nodes show them',
        )
        .argument('[node]', 'name of the node'),
    ).action(
      async (nodeName: string | undefined, { output }: { readonly output?: Format }) =>
        await run(async (context, options) => {
          const cluster = await context.cluster(options)
          warnIfSilent(context, await readOperator(cluster, context.clock, options))
          if (nodeName === undefined) print(context, { rows: await fleetRows(cluster), columns: fleetColumns }, output)
          else {
            const columns = nodeColumns(context.clock.now())
            print(context, { rows: await rowsOfNode(cluster, nodeName), columns, tone: toneOf }, output)
          }
          return exitCode.done
        }),
    )
  },
}

async function rowsOfNode(cluster: Cluster, name: string): Promise<readonly SignalRow[]> {
  const node = await cluster.get(nodeKind, { name })
  if (node === undefined) throw new NotFoundError(`nodes "${name}" not found`)
  const [policies, health] = await Promise.all([cluster.list(policyKind), cluster.get(healthKind, { name })])
  return signalRows({ node, policies: policies.toSorted(byName), health })
}

interface FleetRow extends Pick<SignalRow, 'name' | 'policyName' | 'source' | 'diagnoses'> {
  readonly nodesTrue: number
  readonly nodesUnknown: number
}

async function fleetRows(cluster: Cluster): Promise<readonly FleetRow[]> {
  const [policies, healths] = await Promise.all([cluster.list(policyKind), cluster.list(healthKind)])
  return policies.toSorted(byName).flatMap((policy) =>
    (policy.spec?.signals ?? []).map((signal): FleetRow => {
      const head = headOf(policy, signal)
      const count = (state: string): number => healths.filter((health) => isSo(health, head, state)).length
      return { ...head, nodesTrue: count('True'), nodesUnknown: count('Unknown') }
    }),
  )
}

const isSo = (
  { spec, status }: NodeHealth,
  { name, policyName }: Pick<SignalRow, 'name' | 'policyName'>,
  state: string,
): boolean =>
  spec?.policyName === policyName && status.signals.some((signal) => signal.name === name && signal.state === state)

const byName = (one: NodeRemediationPolicy, other: NodeRemediationPolicy): number =>
  one.metadata.name < other.metadata.name ? -1 : 1

const words = {
  True: 'True',
  False: 'False',
  Unknown: 'Unknown',
  NotTrue: '<not-true>',
  NotTold: '<not-told>',
} as const

const tones: Readonly<Partial<Record<SignalRow['state'], Tone>>> = { True: 'Bad', Unknown: 'Doubt' }
const toneOf = ({ state }: SignalRow): Tone | undefined => tones[state]

const nodeColumns = (now: Instant): readonly Column<SignalRow>[] => [
  { title: 'NAME', cell: ({ name }) => name },
  {
    title: 'STATE',
    cell: ({ state, reason }) => (reason === undefined ? words[state] : `${words[state]} (${reason})`),
  },
  { title: 'SINCE', cell: ({ since }) => ago(now, since) },
  { title: 'HEARTBEAT', cell: ({ heartbeatAt }) => ago(now, heartbeatAt) },
  { title: 'SOURCE', cell: ({ source }) => source },
  { title: 'POLICY', cell: ({ policyName }) => policyName },
  { title: 'DIAGNOSES', cell: ({ diagnoses }) => orNone(diagnoses.join(',')) },
  { title: 'VALUE', wide: true, cell: ({ value }) => (value === 'NotTold' ? '<not-told>' : '<none>') },
  { title: 'MESSAGE', wide: true, cell: ({ message }) => orNone(message) },
]

const ago = (now: Instant, at: Instant | undefined): string =>
  at === undefined ? '<none>' : durationInWords(Math.max(0, now - at))

const fleetColumns: readonly Column<FleetRow>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'POLICY', cell: ({ policyName }) => policyName },
  { title: 'TRUE', cell: ({ nodesTrue }) => String(nodesTrue) },
  { title: 'UNKNOWN', cell: ({ nodesUnknown }) => String(nodesUnknown) },
  { title: 'SOURCE', cell: ({ source }) => source },
  { title: 'DIAGNOSES', cell: ({ diagnoses }) => orNone(diagnoses.join(',')) },
]

interface Shown<Row> {
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly tone?: (row: Row) => Tone | undefined
}

function print<Row extends { readonly name: string; readonly policyName: string }>(
  { terminal }: CliContext,
  { rows, columns, tone }: Shown<Row>,
  output: Format | undefined,
): void {
  if (output === 'json' || output === 'yaml') {
    printValue(terminal, { apiVersion: outputVersion, kind: 'SignalList', items: rows }, output)
    return
  }
  if (output === 'name') {
    for (const { name, policyName } of rows) terminal.out(`${policyName}/${name}`)
    return
  }
  if (rows.length === 0) {
    terminal.err('No policy selects this node, or there is none')
    return
  }
  const shown = columns.filter(({ wide }) => output === 'wide' || wide !== true)
  const [head = '', ...lines] = table(
    shown.map(({ title }) => title),
    rows.map((row) => shown.map(({ cell }) => cell(row))),
  )
  terminal.out(head)
  for (const [index, line] of lines.entries()) {
    const row = rows[index]
    terminal.out(paint(terminal, row && tone?.(row), line))
  }
}
