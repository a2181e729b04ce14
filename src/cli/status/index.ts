import { nodeKind } from '../../api/core/node.ts'
import { type Breaker, ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { healthKind, type NodeHealth } from '../../api/v1alpha1/node-health.ts'
import { isOpen, type NodeRemediation, runKind } from '../../api/v1alpha1/node-remediation.ts'
import { type NodeRemediationPolicy, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import { guardKind, guardName, type RemediationGuard } from '../../api/v1alpha1/remediation-guard.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import { isAcknowledged } from '../../domain/budget/breaker.ts'
import { attentionOf } from '../../domain/explain/attention.ts'
import { totalsInWords } from '../../domain/explain/track-record-in-words.ts'
import { unreachable } from '../../kernel/assert.ts'
import { durationInWords } from '../../kernel/time.ts'
import type { Cluster } from '../../ports/cluster.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type OperatorSeen, readOperator, warnIfSilent } from '../operator-lease.ts'
import { type Format, outputVersion, printValue, withFormat } from '../output/format.ts'
import { table } from '../output/table.ts'
import { reasonOfHealth, reasonOfRun } from '../reason.ts'

/** Operator, policies, slots, breakers, and what needs you. */
export const statusVerb: Verb = {
  name: 'status',
  declare: (command, run) => {
    withFormat(command.description('operator, policies, slots, breakers, and what needs you')).action(
      async ({ output }: { readonly output?: Format }) =>
        await run(async (context, options) => await showStatus(context, options, output)),
    )
  },
}

async function showStatus(context: CliContext, options: GlobalOptions, output: Format | undefined): Promise<ExitCode> {
  const { terminal, clock } = context
  const cluster = await context.cluster(options)
  const operator = await readOperator(cluster, clock, options)
  warnIfSilent(context, operator)
  const seen = await readEverything(cluster)
  if (output === 'json' || output === 'yaml') {
    printValue(terminal, { apiVersion: outputVersion, kind: 'Status', operator, ...summaryOf(seen) }, output)
    return exitCode.done
  }
  for (const line of overview(seen, { operator, version: context.version })) terminal.out(line)
  for (const line of needsYou(seen, clock.now())) terminal.out(line)
  return exitCode.done
}

interface Everything {
  readonly policies: readonly NodeRemediationPolicy[]
  readonly health: readonly NodeHealth[]
  readonly runs: readonly NodeRemediation[]
  readonly nodes: number
  readonly pauses: number
  readonly slots: number | undefined
  readonly maxConcurrent: number | undefined
  readonly openBreakers: readonly string[]
  /** Of the cluster, as the guard says them. Undefined: it has not said. */
  readonly figures: string | undefined
}

async function readEverything(cluster: Cluster): Promise<Everything> {
  const [policies, health, runs, nodes, pauses, ledger, guard] = await Promise.all([
    cluster.list(policyKind),
    cluster.list(healthKind),
    cluster.list(runKind),
    cluster.list(nodeKind),
    cluster.list(pauseKind),
    cluster.get(ledgerKind, { name: ledgerName }),
    cluster.get(guardKind, { name: guardName }),
  ])
  return {
    policies,
    health,
    runs: runs.filter((run) => isOpen(run) && run.spec?.dryRun === false),
    nodes: nodes.length,
    pauses: pauses.length,
    slots: ledger?.spec?.slots.length,
    maxConcurrent: guard?.spec?.maxConcurrent,
    openBreakers: (ledger?.spec?.breakers ?? [])
      .filter((breaker) => !isAcknowledged(breaker, guard?.spec?.acknowledgedTrips ?? []))
      .map(breakerInWords)
      .toSorted(),
    figures: figuresInWords(guard),
  }
}

const breakerInWords = ({ scope, state, tripID }: Breaker): string =>
  `${scope === '' ? 'cluster' : scope} ${stateWords[state]} (${tripID})`

const stateWords = { Open: 'open', Cooling: 'cooling', HalfOpen: 'half open', Acknowledged: 'acknowledged' } as const

const figuresInWords = (guard: RemediationGuard | undefined): string | undefined =>
  guard?.status.conditions.find(({ type, status }) => type === 'BreakerClosed' && status === 'True')?.message

const summaryOf = ({ policies, health, runs, ...counts }: Everything): object => ({
  ...counts,
  policies: policies.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    mode: spec?.mode,
    trackRecord: status.trackRecord,
  })),
  faults: countOf(health, 'Fault'),
  loads: countOf(health, 'Load'),
  runs: runs.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    node: spec?.node.name,
    step: status.step?.name ?? 'Approving',
  })),
})

const countOf = (health: readonly NodeHealth[], kind: 'Fault' | 'Load'): number =>
  health.filter(({ status }) => status.diagnosis?.class === kind).length

function overview(
  seen: Everything,
  { operator, version }: { readonly operator: OperatorSeen; readonly version: string },
): readonly string[] {
  const { policies, health, nodes, pauses, slots, maxConcurrent, openBreakers, figures } = seen
  const modes = ['Automatic', 'Approve', 'Observe'].map(
    (mode) => `${policies.filter(({ spec }) => spec?.mode === mode).length} ${mode}`,
  )
  const breakers = openBreakers.length === 0 ? 'all closed' : openBreakers.join(', ')
  const counted = `${countOf(health, 'Fault')} of ${nodes} nodes with a Fault, ${countOf(health, 'Load')} overloaded`
  const held = slots === undefined ? '<unknown>, the ledger is missing' : `${slots}/${maxConcurrent ?? '<unknown>'}`
  const rehearsed = totalsInWords(policies.flatMap(({ status }) => status.trackRecord ?? []))
  return [
    `Prunella v${version}   operator ${operatorInWords(operator)}`,
    `Policies  ${policies.length} (${modes.join(', ')})   Pauses ${pauses}   Slots ${held}`,
    `Breakers  ${breakers} (${figures ?? counted})`,
    ...(rehearsed === undefined ? [] : [`Rehearsed ${rehearsed}   kubectl prunella track-record`]),
  ]
}

function operatorInWords(operator: OperatorSeen): string {
  switch (operator.kind) {
    case 'Alive':
      return `ok (leader ${operator.leader}, alive ${durationInWords(operator.agoMs)} ago)`
    case 'Silent':
      return `silent for ${durationInWords(operator.forMs)}`
    case 'Absent':
      return 'absent'
    case 'Unreadable':
      return '<unknown>: its Lease may not be read'
    default:
      return unreachable(operator)
  }
}

function needsYou({ health, runs }: Everything, now: number): readonly string[] {
  const names = new Set([
    ...health.map(({ metadata }) => metadata.name),
    ...runs.map(({ spec }) => spec?.node.name ?? ''),
  ])
  const rows = [...names].toSorted().flatMap((name) => {
    const own = health.find(({ metadata }) => metadata.name === name)
    const run = runs.find(({ spec }) => spec?.node.name === name)
    const { attention, since } = attentionOf({ health: own, run })
    if (attention === 'Healthy' || attention === 'AtRisk') return []
    const age = since === undefined ? '' : durationInWords(now - since)
    const reason = run === undefined ? reasonOfHealth(own) : reasonOfRun(run)
    return [[`  ${name}`, `${attention} ${age}`.trimEnd(), reason, `kubectl prunella why ${name}`]]
  })
  if (rows.length === 0) return ['', 'Nothing needs you.']
  const [, ...lines] = table(['', '', '', ''], rows)
  return ['', `! Not healthy (${rows.length})`, ...lines]
}
