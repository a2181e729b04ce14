import { leaseName } from '../api/rights.ts'
import { Prng } from '../kernel/prng.ts'
import { seconds } from '../kernel/time.ts'
import type { Alerts } from '../ports/alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal, Log } from '../ports/journal.ts'
import type { Power } from '../ports/power.ts'
import type { Transport } from '../ports/transport.ts'
import { clusterOver } from '../runtime/client.ts'
import { Events } from '../runtime/events.ts'
import { fenced } from '../runtime/fenced.ts'
import { LeaderElection, type Leadership } from '../runtime/leader-election.ts'
import { announced } from '../runtime/reachability.ts'
import { AlertPoll } from './alert-poll.ts'
import { runHealthController } from './health/controller.ts'
import { allOf, createInformers, type Informers } from './informers.ts'
import { runPolicyController } from './policy/controller.ts'
import { PreparedPolicies } from './prepared-policies.ts'
import { runRemediationController } from './remediation/controller.ts'
import { SharedView } from './shared-view.ts'
import { runTriageController } from './triage/controller.ts'

/** What the operator needs from the world: built by `main` from adapters, by `sim` from the simulated world. */
export interface OperatorPorts {
  readonly clock: Clock
  readonly transport: Transport
  readonly power: Power
  readonly alerts: readonly Alerts[]
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
  readonly alertPollSeconds: number
  /** How long a new leader waits before its first power command: a predecessor's last one may still be under way. */
  readonly powerGuardGapSeconds: number
}

/** What others may ask of a running operator: its probes, and who leads. */
export interface Operator {
  /** Resolves when the signal is aborted and everything under way has ended; rejects when an invariant is broken. */
  readonly done: Promise<void>
  readonly leadership: Pick<Leadership, 'remainingMs'>
  /** Whether every cache has been filled once. */
  readonly isSynced: () => boolean
}

/** The one list of everything that runs. */
export function startOperator(ports: OperatorPorts, config: OperatorConfig, signal: AbortSignal): Operator {
  const { clock, log, journal, power } = ports
  const transport = announced(ports.transport, log)
  const prng = new Prng(config.seed)
  const cluster = clusterOver(transport)
  const informers = createInformers({ clock, transport, log, prng: prng.fork('informers') })
  const leadership = new LeaderElection(
    { clock, log, prng: prng.fork('election'), cluster: clusterOver(transport, 'Lease') },
    { lease: { namespace: config.namespace, name: leaseName }, identity: config.identity },
  )
  const effects = fenced({ cluster, power }, leadership, { guardGapMs: seconds(config.powerGuardGapSeconds) })
  const events = new Events(
    { clock, log, cluster: effects.cluster },
    { reportingController: 'prunella.dev/operator', reportingInstance: config.identity },
  )
  const prepared = new PreparedPolicies(informers.policies)
  const shared = new SharedView(informers, prepared, clock)
  const alerts = new AlertPoll({ clock, log, alerts: ports.alerts }, { everyMs: seconds(config.alertPollSeconds) })
  const wakers = [informers.policies, informers.guards, informers.pauses, informers.ledgers]

  const controllers = async (): Promise<void> => {
    await Promise.all(allOf(informers).map(async (informer) => await informer.whenSynced(signal)))
    if (signal.aborted) return
    log.info('Caches are filled', countsOf(informers))
    const options = { leadership, log, signal, wakers }
    await Promise.all([
      runHealthController(
        { ...informers, clock, effects, events, journal, log, prepared, ledger: informers.ledgers, alerts },
        { leadership, signal, prng: prng.fork('health') },
      ),
      runPolicyController(
        { ...informers, clock, effects, journal, log, prepared, shared, ledger: informers.ledgers, alerts },
        { leadership, signal, prng: prng.fork('policy') },
      ),
      runTriageController(
        { clock, reader: cluster, effects, journal, log, shared, health: informers.health, runs: informers.runs },
        { ...options, prng: prng.fork('triage') },
      ),
      runRemediationController(
        { clock, reader: cluster, power, effects, shared, alerts, events, journal, log, config },
        { ...informers, shared: wakers },
        { ...options, prng: prng.fork('remediation') },
      ),
    ])
  }

  const running = [
    leadership.run(signal),
    events.run(signal),
    alerts.run(signal),
    ...allOf(informers).map(async (informer) => await informer.run(signal)),
    controllers(),
  ]
  return {
    // Only now, when nothing of ours is under way any more, may the next leader begin before the lease has run out.
    done: Promise.all(running).then(async () => await leadership.release()),
    leadership,
    isSynced: () => allOf(informers).every((informer) => informer.hasSynced()),
  }
}

const countsOf = (informers: Informers): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(informers).map(([name, informer]) => [name, informer.list().length]))
