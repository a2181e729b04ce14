import { type Breaker, ledgerKind, ledgerName } from '../../api/v1alpha1/disruption-ledger.ts'
import { type GuardSpec, guardKind, guardName } from '../../api/v1alpha1/remediation-guard.ts'
import { isAcknowledged } from '../../domain/budget/breaker.ts'
import { inWords } from '../../domain/budget/excess.ts'
import { durationInWords, parseTime, rfc3339 } from '../../kernel/time.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { NotFoundError } from '../../ports/errors.ts'
import type { CliContext, GlobalOptions, Verb } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Format, listingOf, orNone, printListing, withFormat } from '../output/format.ts'

interface ResetOptions {
  readonly reason: string
  readonly dryRun?: boolean
}

/** Breakers that have tripped, and the way in which a person resets one trip. */
export const breakerVerb: Verb = {
  name: 'breaker',
  declare: (command, run) => {
    command.description('breakers that have tripped; reset one trip')
    withFormat(command.command('status').description('every breaker that is not closed')).action(
      async ({ output }: { readonly output?: Format }) =>
        await run(async (context, options) => await showBreakers(context, options, output)),
    )
    command
      .command('reset')
      .description('close one breaker, for this trip only')
      .argument('<trip>', 'id of the trip, as `breaker status` shows it')
      .requiredOption('--reason <text>', 'why it is safe; kept on the guard')
      .option('--dry-run', 'say what would be done, and do nothing')
      .action(
        async (trip: string, options: ResetOptions) =>
          await run(async (context, globals) => await reset(context, globals, { trip, ...options })),
      )
  },
}

async function showBreakers(
  context: CliContext,
  options: GlobalOptions,
  output: Format | undefined,
): Promise<ExitCode> {
  const cluster = await context.cluster(options)
  const { breakers, guard } = await readBreakers(cluster)
  if (breakers.length === 0 && output === undefined) {
    context.terminal.out('Every breaker is closed.')
    return exitCode.done
  }
  const now = context.clock.now()
  const rows = breakers.map((breaker) => ({ name: breaker.tripID, row: breaker, object: breaker }))
  const columns = [
    { title: 'TRIP', cell: ({ tripID }: Breaker) => tripID },
    { title: 'SCOPE', cell: ({ scope }: Breaker) => inWords(scope) },
    { title: 'STATE', cell: (breaker: Breaker) => stateOf(breaker, guard) },
    { title: 'SINCE', cell: ({ tripTime }: Breaker) => durationInWords(now - (parseTime(tripTime) ?? now)) },
    { title: 'INPUT', cell: ({ input }: Breaker) => input },
    { title: 'CANARY', wide: true, cell: ({ canaryRunUID }: Breaker) => orNone(canaryRunUID) },
    { title: 'FIGURES', cell: ({ message }: Breaker) => message },
  ]
  printListing(context, listingOf(ledgerKind, columns, rows), output)
  return exitCode.done
}

const stateOf = (breaker: Breaker, guard: GuardSpec): string =>
  isAcknowledged(breaker, guard.acknowledgedTrips) ? 'Acknowledged' : breaker.state

interface Reset extends ResetOptions {
  readonly trip: string
}

/** The guard keeps the ids of trips as people have reset them; its annotation says who did so last, and why. */
const resetAnnotation = 'prunella.dev/last-breaker-reset'
const acknowledgedMax = 32

async function reset(
  { cluster: connect, terminal, user, clock }: CliContext,
  options: GlobalOptions,
  { trip, reason, dryRun = false }: Reset,
): Promise<ExitCode> {
  const cluster = await connect(options)
  const { breakers, guard, resourceVersion } = await readBreakers(cluster)
  const breaker = breakers.find(({ tripID }) => tripID === trip)
  if (breaker === undefined) {
    terminal.err(`error: no breaker is open by trip ${trip}; see \`prunella breaker status\``)
    return exitCode.usage
  }
  const what = `breaker of ${inWords(breaker.scope)}, trip ${trip}`
  if (isAcknowledged(breaker, guard.acknowledgedTrips)) {
    terminal.out(`${what} is reset already`)
    return exitCode.done
  }
  if (dryRun) {
    terminal.out(`${what} would be reset (dry run): ${breaker.message}`)
    return exitCode.done
  }
  // The oldest are dropped: a trip that is over needs no word any more.
  const acknowledgedTrips = [...guard.acknowledgedTrips.slice(1 - acknowledgedMax), trip]
  const annotations = { [resetAnnotation]: `${trip} by ${user} at ${rfc3339(clock.now())}: ${reason}` }
  const body = { metadata: { annotations }, spec: { acknowledgedTrips } }
  await cluster.patch(guardKind, { name: guardName }, { type: 'Merge', resourceVersion, body })
  terminal.out(`${what} reset`)
  return exitCode.done
}

async function readBreakers(cluster: Cluster) {
  const [ledger, guard] = await Promise.all([
    cluster.get(ledgerKind, { name: ledgerName }),
    cluster.get(guardKind, { name: guardName }),
  ])
  if (ledger?.spec === undefined) throw new NotFoundError('there is no DisruptionLedger named cluster')
  if (guard?.spec === undefined) throw new NotFoundError('there is no RemediationGuard named cluster')
  return { breakers: ledger.spec.breakers, guard: guard.spec, resourceVersion: guard.metadata.resourceVersion }
}
