import { signalAgeMetric, sourceUpMetric } from '../api/metric-definitions.ts'
import { allowedServices, type NodeService } from '../api/node-services.ts'
import { alertStartGraceSeconds } from '../api/pacing.ts'
import { leaseName } from '../api/rights.ts'
import { group } from '../api/v1alpha1/schema.ts'
import type { SourceHealth } from '../domain/policy/source-health.ts'
import { Prng } from '../kernel/prng.ts'
import { type Mono, seconds } from '../kernel/time.ts'
import type { Alerts, HintAnswer } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import type { Journal, Log } from '../ports/journal.ts'
import type { Meter } from '../ports/meter.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Power } from '../ports/power.ts'
import type { Transport } from '../ports/transport.ts'
import { clusterOver } from '../runtime/client.ts'
import { ClusterClock } from '../runtime/cluster-clock.ts'
import { Events } from '../runtime/events.ts'
import { type Effects, Fence } from '../runtime/fenced.ts'
import { HealthMonitor } from '../runtime/health.ts'
import { inert } from '../runtime/inert.ts'
import { LeaderElection, type Leadership } from '../runtime/leader-election.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import { announced } from '../runtime/reachability.ts'
import type { ReflectorPorts } from '../runtime/reflector.ts'
import { learning, Rights } from '../runtime/rights.ts'
import { timed } from '../runtime/timed-transport.ts'
import { paced, WriteBudget, writeLimitsDefault } from '../runtime/write-budget.ts'
import { AlertPoll } from './alert-poll.ts'
import { Budgets } from './budgets.ts'
import { disturbancesOf } from './disturbances.ts'
import { runGradesController } from './grades/controller.ts'
import { runHealthController } from './health/controller.ts'
import { allOf, createInformers, type Informers } from './informers.ts'
import { LedgerClerk } from './ledger-clerk.ts'
import { LedgerCustody } from './ledger-custody.ts'
import { thatMayFree } from './ledger-news.ts'
import { mayAct } from './may-act.ts'
import { allNeighbours, createNeighbourInformers } from './neighbour-informers.ts'
import { Neighbours } from './neighbours.ts'
import { NodeIdentity } from './node-identity.ts'
import { showFleet, showProcess } from './own-metrics.ts'
import { leaveOwnNode } from './own-node.ts'
import { runPolicyController } from './policy/controller.ts'
import { PreparedPolicies } from './prepared-policies.ts'
import { Providers } from './providers.ts'
import { runRemediationController } from './remediation/controller.ts'
import { Sightings } from './remediation/sightings.ts'
import { RipeDiagnoses } from './ripe-diagnoses.ts'
import { Room } from './room.ts'
import { SharedView } from './shared-view.ts'
import { leaveSilentProviders } from './silent-providers.ts'
import { clusterFeeds } from './sources/cluster-feeds.ts'
import { metricFeeds } from './sources/metric-feeds.ts'
import { Sources } from './sources/sources.ts'
import { SurroundingsView } from './surroundings.ts'
import { runTriageController } from './triage/controller.ts'

/** What the operator needs from the world: built by `main` from adapters, by `sim` from the simulated world. */
export interface OperatorPorts {
  readonly clock: Clock
  readonly transport: Transport
  readonly power: Power
  readonly alerts: readonly Alerts[]
  /** Left out: none, and every query is Unknown. */
  readonly metrics?: readonly Metrics[] | undefined
  readonly log: Log
  readonly journal: Journal
}

export interface OperatorConfig {
  /** New for every start of a process: a restarted one must not inherit what it cannot remember. */
  readonly identity: string
  /** Seeds jitter; never a decision. */
  readonly seed: number
  /** Where our Lease, the BMC secrets and node jobs live. */
  readonly namespace: string
  /** Image of the jobs that run on a node, by digest. */
  readonly nodeJobImage: string
  /** Services that may be restarted beside the well-known ones, and how without systemd. Left out: none. */
  readonly nodeServices?: readonly NodeService[] | undefined
  readonly alertPollSeconds: number
  /** How long after its start an Alertmanager may not have been told of every alert that fires. Left out: 240. */
  readonly alertStartGraceSeconds?: number | undefined
  /** Left out: 15. */
  readonly queryPollSeconds?: number | undefined
  /** Labels that may name a node, the surest first. Left out: `node`, `nodename`, `instance`. */
  readonly nodeLabels?: readonly string[] | undefined
  /** How long a new leader waits before its first power command: a predecessor's last one may still be under way. */
  readonly powerGuardGapSeconds: number
  /** On which node this process runs: whoever leads treats it only from another one. Left out: nobody knows. */
  readonly nodeName?: string | undefined
  /** How fast this process writes at most; left out: a limit that no trouble of ordinary size meets. */
  readonly writesPerSecond?: number | undefined
}

/** What others may ask of a running operator: its probes, its metrics, who leads, and to look now. */
export interface Operator {
  /** Resolves when the signal is aborted and everything under way has ended; rejects when an invariant is broken. */
  readonly done: Promise<void>
  readonly leadership: Pick<Leadership, 'remainingMs'>
  /** Whether every cache has been filled once. */
  readonly isSynced: () => boolean
  readonly meter: Meter
  /** What `meter` counted, in the format of Prometheus. */
  readonly metricsText: () => string
  /** Makes it poll every Alertmanager soon, and says whether it acts on what it hears. */
  readonly hint: () => HintAnswer
}

/** The one list of everything that runs. */
export function startOperator(ports: OperatorPorts, config: OperatorConfig, stopped: AbortSignal): Operator {
  const { log } = ports
  const { signal, over } = endOf(stopped)
  const machinery = machineryOf(ports, config)
  const { clock, health, informers, leadership, events, alerts } = machinery

  const controllers = async (): Promise<void> => {
    const foreign = allNeighbours(machinery.foreign).map((informer) => informer.whenKnown(signal))
    const own = allOf(informers).map((informer) => informer.whenSynced(signal))
    await Promise.all([clock.whenKnown(signal), ...own, ...foreign])
    if (signal.aborted) return
    log.info('Caches are filled', countsOf(informers))
    const running = [runControllers(ports, { ...machinery, config }, signal), machinery.fromMetrics.run(signal)]
    await Promise.all(running)
  }
  const listeners = [...allOf(informers), ...allNeighbours(machinery.foreign)]
  showProcess(machinery.meter, { leadership, health, events, listeners })
  showFleet(machinery.meter, informers)
  const { nodeName = '' } = config
  const leaving = { ...informers, clock, log, events, leadership }
  const running = [
    leadership.run(signal),
    health.run(signal),
    events.run(signal),
    alerts.run(signal),
    machinery.fromCluster.run(signal),
    ...allOf(informers).map(async (informer) => await informer.run(signal)),
    ...allNeighbours(machinery.foreign).map(async (informer) => await informer.run(signal)),
    controllers(),
    nodeName === '' ? Promise.resolve() : leaveOwnNode(leaving, nodeName, signal),
  ]
  return {
    // Only now, when nothing of ours is under way any more, may the next leader begin before the lease has run out.
    done: Promise.all(running)
      .then(async () => await leadership.release())
      .finally(over),
    leadership,
    isSynced: () => allOf(informers).every((informer) => informer.hasSynced()),
    meter: machinery.meter,
    metricsText: machinery.meter.text,
    hint: alerts.hint,
  }
}

/** Comes when somebody says stop, or when one part has failed: what is left of an operator that is wrong must not go on. */
function endOf(stopped: AbortSignal): { readonly signal: AbortSignal; readonly over: () => void } {
  const end = new AbortController()
  const over = (): void => {
    stopped.removeEventListener('abort', over)
    end.abort()
  }
  stopped.addEventListener('abort', over)
  if (stopped.aborted) over()
  return { signal: end.signal, over }
}

/** What every controller stands on. From the outside in: the road, its watchers, the caches, the lead, and the fence before all effects. */
function machineryOf(ports: OperatorPorts, config: OperatorConfig) {
  const { log, clock: local, power } = ports
  const prng = new Prng(config.seed)
  const clock = new ClusterClock(local, (byMs) => health.clockMoved(byMs))
  const health = new HealthMonitor({ local, cluster: clock, log })
  const heard = timed(announced(ports.transport, log), { clusterClock: clock, health })
  const limits = { ...writeLimitsDefault, ...perSecond(config) }
  const transport = paced(heard, new WriteBudget({ clock, prng: prng.fork('writes') }, limits))
  const informers = createInformers({ clock, transport, log, prng: prng.fork('informers') })
  const foreign = createNeighbourInformers({ clock, transport, log, prng: prng.fork('neighbours') })
  // Counts pods as they come: later it would have to walk over all of them in one go.
  const room = new Room(informers, clock)
  const lease = { namespace: config.namespace, name: leaseName }
  const leadership = new LeaderElection(
    { clock, local, log, prng: prng.fork('election'), cluster: clusterOver(transport, 'Lease') },
    { lease, identity: config.identity },
  )
  const guardGapMs = seconds(config.powerGuardGapSeconds)
  const fence = new Fence({ clock, leadership, transport, power }, { guardGapMs })
  const prepared = new PreparedPolicies(informers.policies, allowedServices(config.nodeServices))
  const rights = new Rights(clock)
  const guarded = (effects: Effects): Effects =>
    learning(
      inert(effects, { ownGroup: group, ownLease: lease }, () => !mayAct(prepared, informers.runs)),
      rights,
    )
  const effects = guarded(fence.effects)
  const onEvidenceOf = (readAt: Mono): Effects => guarded(fence.onEvidenceOf(readAt))
  const speaker = { reportingController: 'prunella.dev/operator', reportingInstance: config.identity }
  const events = new Events({ clock, log, cluster: effects.cluster }, speaker)
  const meter = new MetricsRegistry()
  const reader = clusterOver(transport)
  const leads = (): boolean => leadership.remainingMs() > 0
  const feeding = { clock, log, meter, transport, prng, reader, prepared, informers, leads }
  const { alerts, fromCluster, fromMetrics, sources } = sourcesOf(feeding, ports, config)
  const disturbances = disturbancesOf(health, clock)
  return {
    clock,
    health,
    informers,
    foreign,
    room,
    leadership,
    effects,
    onEvidenceOf,
    events,
    meter,
    alerts,
    fromCluster,
    fromMetrics,
    sources,
    prepared,
    rights,
    disturbances,
    reader,
    prng,
  }
}

interface Feeding extends Omit<ReflectorPorts, 'clock'> {
  readonly clock: ClusterClock
  readonly meter: Meter
  readonly reader: ClusterReader
  readonly prepared: PreparedPolicies
  readonly informers: Informers
  readonly leads: () => boolean
}

/** Everything that is heard of nodes. */
function sourcesOf(feeding: Feeding, ports: OperatorPorts, config: OperatorConfig) {
  const { clock, log, meter, prng, prepared, informers, leads } = feeding
  const identity = new NodeIdentity(informers.nodes, config.nodeLabels)
  const polled = { clock, log, meter, identity, leads, alerts: ports.alerts }
  const startGraceMs = seconds(config.alertStartGraceSeconds ?? alertStartGraceSeconds)
  const alerts = new AlertPoll(polled, { everyMs: seconds(config.alertPollSeconds), startGraceMs })
  const fromCluster = clusterFeeds({ ...feeding, prng: prng.fork('sources') })
  const asking = { clock, log, meter, prng: prng.fork('metrics'), prepared, identity, metrics: ports.metrics }
  const fromMetrics = metricFeeds(asking, config)
  const sources = new Sources({ alerts, feeds: [...fromCluster.feeds, ...fromMetrics.feeds] })
  const upOf = ({ kind, name: source, problem }: SourceHealth) => ({
    labels: { kind, source },
    value: problem === undefined ? 1 : 0,
  })
  const ageOf = ({ kind, name: source, heardMsAgo }: SourceHealth) =>
    heardMsAgo === undefined ? [] : [{ labels: { kind, source }, value: heardMsAgo / seconds(1) }]
  meter.gauge(sourceUpMetric).readAll(() => sources.health().map(upOf))
  meter.gauge(signalAgeMetric).readAll(() => sources.health().flatMap(ageOf))
  return { alerts, fromCluster, fromMetrics, sources }
}

type Machinery = ReturnType<typeof machineryOf> & { readonly config: OperatorConfig }

async function runControllers(
  { log, journal, power }: OperatorPorts,
  { informers, foreign, room, leadership, prng, rights, config, ...machinery }: Machinery,
  signal: AbortSignal,
): Promise<void> {
  const wakers = [informers.policies, informers.guards, informers.pauses, thatMayFree(informers.ledgers)]
  const { clock, prepared, reader } = machinery
  const shared = new SharedView(informers, prepared, clock)
  const neighbours = new Neighbours(foreign, reader)
  const providers = new Providers({ clock, reader, power, namespace: config.namespace })
  const budgets = new Budgets({ clock, reader, watched: foreign.budgets })
  const around = { clock, informers, foreign, neighbours, budgets, prepared, shared, room, providers }
  const surroundings = new SurroundingsView({ ...around, ownNode: config.nodeName ?? '' })
  const missingRight = rights.missing
  const ripe = new RipeDiagnoses()
  const custody = new LedgerCustody()
  const clerk = new LedgerClerk({ clock, reader, onEvidenceOf: machinery.onEvidenceOf, custody })
  const common = {
    ...machinery,
    custody,
    clerk,
    ripe,
    log,
    journal,
    shared,
    neighbours,
    providers,
    surroundings,
    budgets,
    missingRight,
  }
  const leaving = { ...machinery, log, health: informers.health, leadership, providers }
  const optionsOf = (name: string) => ({
    leadership,
    signal,
    log,
    wakers,
    prng: prng.fork(name),
    meter: machinery.meter,
  })
  await Promise.all([
    runHealthController({ ...common, ...informers, ledger: informers.ledgers }, optionsOf('health')),
    runPolicyController({ ...common, ...informers, ledger: informers.ledgers }, optionsOf('policy')),
    runTriageController({ ...common, ...informers, ledger: informers.ledgers }, optionsOf('triage')),
    runRemediationController(
      { ...common, power, config, runs: informers.runs, nodes: informers.nodes, sightings: new Sightings() },
      informers,
      optionsOf('remediation'),
    ),
    runGradesController({ ...common, ...informers }, optionsOf('grades')),
    leaveSilentProviders(leaving, signal),
  ])
}

const perSecond = ({ writesPerSecond }: OperatorConfig) =>
  writesPerSecond === undefined ? {} : { perSecond: writesPerSecond, burst: writesPerSecond }

const countsOf = (informers: Informers): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(informers).map(([name, informer]) => [name, informer.list().length]))
