import { Option } from 'commander'
import { createAlertmanager } from '../adapters/alertmanager/alertmanager.ts'
import { FileJournal } from '../adapters/journal/file-journal.ts'
import { createPrometheus } from '../adapters/prometheus/prometheus.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { processIdentity, randomSeed } from '../adapters/system/entropy.ts'
import { createLog, logLevels } from '../adapters/system/log.ts'
import type { ClusterAccess } from '../adapters/transport/cluster-access.ts'
import { findAccess } from '../adapters/transport/find-access.ts'
import { KubeconfigError } from '../adapters/transport/kubeconfig-field.ts'
import { UndiciTransport } from '../adapters/transport/undici-transport.ts'
import { buildMetric } from '../api/metric-definitions.ts'
import type { CliContext, GlobalOptions, Verb } from '../cli/context.ts'
import { type ExitCode, exitCode } from '../cli/exit-code.ts'
import { startOperator } from '../controllers/operator.ts'
import type { Log } from '../ports/journal.ts'
import {
  ConfigError,
  journalBytesDefault,
  namespaceOf,
  nodeNameOf,
  type OperatorFile,
  readConfig,
} from './operator-config.ts'
import { createPower } from './power.ts'
import { addressOf, serveProbes } from './probes.ts'
import { openReceiver } from './receiver.ts'

interface OperatorOptions {
  readonly namespace?: string
  readonly config?: string
  readonly logLevel: (typeof logLevels)[number]
  readonly probeAddress: string
  readonly journal?: string
}

/** `prunella operator`: the program that runs in the cluster. Exits 0 on SIGTERM, 2 on a configuration error, 1 on a defect. */
export const operatorVerb: Verb = {
  name: 'operator',
  declare: (command, run) => {
    command
      .description('run the operator')
      .option('--kubeconfig <path>', 'kubeconfig file to use; inside a pod none is needed')
      .option('--namespace <name>', 'where our Lease, BMC secrets and node jobs live (POD_NAMESPACE)')
      .option(
        '--config <path>',
        'YAML file: alertmanagers, prometheuses, receiver, nodeLabels, nodeJobImage, nodeServices, alertPollSeconds, ' +
          'queryPollSeconds, powerGuardGapSeconds, bmcNetworks, writesPerSecond, journal',
      )
      .addOption(new Option('--log-level <level>', 'how much to say').choices(logLevels).default('info'))
      .option('--journal <directory>', 'write every look down there, for `prunella export`')
      .option('--probe-address <host:port>', 'where /livez, /readyz and /metrics are served; empty for nowhere', '')
      .action(async (options: OperatorOptions & { readonly kubeconfig?: string }) => {
        await run(async (context, global) => await runOperator(context, { ...global, ...options }))
      })
  },
}

/** What a node job runs unless the configuration names an image: nothing is pulled that nobody chose. */
const noImage = `registry.invalid/prunella-node-job@sha256:${'0'.repeat(64)}`

async function runOperator(
  { terminal, version }: CliContext,
  options: GlobalOptions & OperatorOptions,
): Promise<ExitCode> {
  const probes = probesOrComplain(options.probeAddress, terminal.err)
  const config = readOrComplain(options.config, terminal.err)
  if (probes === undefined || config === undefined) return exitCode.usage
  const log = createLog({ level: options.logLevel })
  const access = accessOrComplain(options, terminal.err)
  if (access === undefined) return exitCode.usage
  const transport = new UndiciTransport({ access, clock: systemClock, version })
  const over = new AbortController()
  const stop = (): void => over.abort()
  process.once('SIGTERM', stop).once('SIGINT', stop)
  const identity = processIdentity()
  const journal = journalOf(options.journal, config, { identity, log })
  const power = createPower(config.bmcNetworks)
  const operator = startOperator(
    {
      clock: systemClock,
      transport,
      power,
      alerts: config.alertmanagers.map((source) => createAlertmanager(source)),
      metrics: config.prometheuses.map((source) => createPrometheus(source)),
      log,
      journal: journal ?? { append: () => {} },
    },
    {
      identity,
      seed: randomSeed(),
      namespace: namespaceOf(options.namespace, process.env),
      nodeJobImage: config.nodeJobImage ?? noImage,
      nodeServices: config.nodeServices,
      alertPollSeconds: config.alertPollSeconds,
      alertStartGraceSeconds: config.alertStartGraceSeconds,
      queryPollSeconds: config.queryPollSeconds,
      nodeLabels: config.nodeLabels,
      powerGuardGapSeconds: config.powerGuardGapSeconds,
      writesPerSecond: config.writesPerSecond,
      nodeName: nodeNameOf(process.env),
    },
    over.signal,
  )
  operator.meter.gauge(buildMetric).set({ version }, 1)
  // The last one that was opened is closed first.
  const open: Closable[] = [transport, power, ...(journal === undefined ? [] : [journal])]
  try {
    if (probes.at !== undefined) open.push(await serveProbes({ ...operator, log }, probes.at))
    const receiver = await openReceiver(config.receiver, { ...operator, log })
    if (receiver !== undefined) open.push(receiver)
    log.info('Operator started', { version, server: access.server })
    await operator.done
    log.info('Operator stopped')
    return exitCode.done
  } finally {
    // Whatever went wrong: nothing of an operator goes on whose process has given up.
    stop()
    process.off('SIGTERM', stop).off('SIGINT', stop)
    for (const each of open.toReversed()) await each.close()
  }
}

interface Closable {
  readonly close: () => Promise<void>
}

interface Speaker {
  readonly identity: string
  readonly log: Log
}

/** The flag goes before the file. Undefined: nobody asked for one. */
function journalOf(
  flag: string | undefined,
  { journal }: OperatorFile,
  { identity, log }: Speaker,
): FileJournal | undefined {
  const directory = flag ?? journal?.directory
  if (directory === undefined) return undefined
  const maxBytes = journal?.maxBytes ?? journalBytesDefault
  return new FileJournal({ directory, maxBytes, process: identity, clock: systemClock, log })
}

function accessOrComplain(
  { kubeconfig, context }: GlobalOptions,
  complain: (line: string) => void,
): ClusterAccess | undefined {
  try {
    return findAccess({ kubeconfig, context, env: process.env })
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error
    complain(`error: ${error.message}`)
    return undefined
  }
}

/** Empty: nowhere. Undefined: it is no address. */
function probesOrComplain(
  text: string,
  complain: (line: string) => void,
): { readonly at: ReturnType<typeof addressOf> } | undefined {
  const at = addressOf(text)
  if (text === '' || at !== undefined) return { at }
  complain(
    `error: --probe-address ${JSON.stringify(text)} is not host:port: give host:port, [IPv6]:port, or :port for every ` +
      'address, with a port from 1 to 65535',
  )
  return undefined
}

function readOrComplain(path: string | undefined, complain: (line: string) => void): OperatorFile | undefined {
  try {
    return readConfig(path)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    complain(`error: ${error.message}`)
    return undefined
  }
}
