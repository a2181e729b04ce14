import type { Alert } from '../../../src/api/alert.ts'
import { customResourceDefinition } from '../../../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../../../src/api/crd/definitions.ts'
import { AlertPoll } from '../../../src/controllers/alert-poll.ts'
import type { HealthPorts } from '../../../src/controllers/health/ports.ts'
import { allOf, createInformers } from '../../../src/controllers/informers.ts'
import { NodeIdentity } from '../../../src/controllers/node-identity.ts'
import { PreparedPolicies } from '../../../src/controllers/prepared-policies.ts'
import { RipeDiagnoses } from '../../../src/controllers/ripe-diagnoses.ts'
import { clusterFeeds } from '../../../src/controllers/sources/cluster-feeds.ts'
import { metricFeeds } from '../../../src/controllers/sources/metric-feeds.ts'
import { FakeMetrics, valuesOf } from '../../../src/controllers/sources/metrics.fixture.ts'
import { Sources } from '../../../src/controllers/sources/sources.ts'
import { surroundings } from '../../../src/domain/surroundings/surroundings.fixture.ts'
import { isObject, type JsonObject } from '../../../src/kernel/json.ts'
import { Prng } from '../../../src/kernel/prng.ts'
import { hours, type Instant, rfc3339, rfc3339Micro, seconds } from '../../../src/kernel/time.ts'
import { clusterOver } from '../../../src/runtime/client.ts'
import { recordingEffects } from '../../../src/runtime/effects.fixture.ts'
import { FakeLog } from '../../../src/runtime/fake-log.fixture.ts'
import { MetricsRegistry } from '../../../src/runtime/metrics-registry.ts'
import { ApiServer } from '../../../src/sim/api-server/api-server.ts'
import { inProcessTransport } from '../../../src/sim/api-server/in-process-transport.ts'
import { WorldClient } from '../../../src/sim/api-server/world-client.ts'
import { Loop } from '../../../src/sim/loop.ts'
import {
  conditionOf,
  generatedLease,
  generatedNode,
  namespaces,
  nodeNameOf,
  podsOf,
  sickConditions,
} from '../scale/generated-cluster.ts'
import { alertName, asked, range, secondPolicy, signalPolicy } from './signal-policy.ts'

const crds = 'customresourcedefinitions.apiextensions.k8s.io'
const leases = 'leases.coordination.k8s.io'
/** As often as kubelets renew them. */
const renewEveryMs = seconds(10)
const podsPerNode = 2

/**
 * An embedded cluster on virtual time, and everything that the health controller stands on as the operator builds it: informers,
 * feeds, polls. Prometheus alone is a stand-in that counts what it is asked.
 */
export class WatchedFleet {
  readonly names: readonly string[]
  readonly prometheus = new FakeMetrics()
  readonly ports: HealthPorts
  readonly #loop = new Loop()
  readonly #server = new ApiServer({ now: this.#loop.now })
  readonly #world = new WorldClient(this.#server)
  readonly #stopped = new AbortController()
  readonly #runs: readonly ((signal: AbortSignal) => Promise<void>)[]
  #firing: readonly Alert[] = []

  constructor(nodes: number) {
    this.names = Array.from({ length: nodes }, (_, index) => nodeNameOf(index))
    this.#fill()
    const { ports, runs } = portsOver(this.#loop, this.#server, {
      prometheus: this.prometheus,
      alerts: async () => this.#firing,
    })
    this.ports = ports
    this.#runs = runs
  }

  /** Until every source has been heard often enough: a Lease has to move, and some signals count four samples. */
  async start(): Promise<void> {
    for (const run of this.#runs) void run(this.#stopped.signal)
    this.#renew()
    await this.pass(seconds(90))
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Virtual time goes by, and all that comes of it happens. */
  async pass(ms: number): Promise<void> {
    await this.#loop.runFor(ms)
  }

  /** As the kubelets of these nodes and their problem detectors, and what was said is in the caches. */
  async report(names: readonly string[], status: 'True' | 'False'): Promise<void> {
    const conditions = conditionsAt(this.#loop.now(), status)
    for (const name of names) this.#world.patchStatus('nodes', { name }, { status: { conditions } })
    await this.pass(1)
  }

  /** An alert fires for each of them from the next poll on. */
  fire(names: readonly string[]): void {
    const at = this.#loop.now()
    this.#firing = names.map((node) => ({
      labels: { alertname: alertName, node },
      startsAt: at,
      updatedAt: at,
      state: 'active',
      fingerprint: node,
    }))
  }

  /** What a list of all these Nodes looks like on the wire. */
  nodesText(): string {
    return JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', items: this.#server.stored('nodes') })
  }

  #fill(): void {
    for (const definition of definitions) this.#world.create(crds, customResourceDefinition(definition))
    for (const name of namespaces) this.#world.create('namespaces', { metadata: { name } })
    for (const manifest of [signalPolicy, secondPolicy])
      this.#world.create('noderemediationpolicies.prunella.dev', manifest)
    const podAt = podsOf(this.names.length)
    for (const index of this.names.keys()) {
      this.#server.restore('nodes', this.#wellNode(index))
      this.#server.restore(leases, generatedLease(index))
    }
    for (let index = 0; index < this.names.length * podsPerNode; index += 1) this.#server.restore('pods', podAt(index))
    const each = (value: number | readonly number[]) =>
      valuesOf(Object.fromEntries(this.names.map((name) => [name, value])))
    const samples = Array.from({ length: range.windowSeconds / range.stepSeconds }, () => 0.2)
    this.prometheus.answers.set(asked.memory, each(0.5))
    this.prometheus.answers.set(asked.disk, each(samples))
  }

  /** The generated one is as old as this world, and bears times of the wall: here it has long run, and time is virtual. */
  #wellNode(index: number): JsonObject {
    const node = generatedNode(index)
    const creationTimestamp = '2025-12-01T00:00:00Z'
    return {
      ...node,
      metadata: { ...objectIn(node['metadata']), creationTimestamp },
      status: { ...objectIn(node['status']), conditions: conditionsAt(this.#loop.now(), 'False') },
    }
  }

  #renew(): void {
    const renewTime = rfc3339Micro(this.#loop.now())
    for (const name of this.names)
      this.#world.patch(leases, { namespace: 'kube-node-lease', name }, { spec: { renewTime } })
    // A watch that has nothing to say for long counts as lost.
    this.#server.bookmark()
    this.#loop.after(renewEveryMs, () => this.#renew())
  }
}

const objectIn = (value: unknown): JsonObject => (isObject(value) ? value : {})

const conditionsAt = (at: Instant, deadlock: 'True' | 'False'): readonly JsonObject[] => {
  const time = rfc3339(at)
  return [
    conditionOf('Ready', 'True', time),
    conditionOf(sickConditions.kept, deadlock, time),
    conditionOf(sickConditions.emptied, 'False', time),
  ]
}

interface Outside {
  readonly prometheus: FakeMetrics
  readonly alerts: () => Promise<readonly Alert[]>
}

/** What `startOperator` builds for this controller, and no other. */
function portsOver(loop: Loop, server: ApiServer, { prometheus, alerts: list }: Outside) {
  const transport = inProcessTransport(server)
  const { clock } = loop
  const [log, meter, prng] = [new FakeLog(), new MetricsRegistry(), new Prng(1)]
  const watching = { clock, log, prng, transport }
  const informers = createInformers(watching)
  const prepared = new PreparedPolicies(informers.policies)
  const identity = new NodeIdentity(informers.nodes)
  const cluster = clusterOver(transport)
  const alerts = new AlertPoll(
    {
      clock,
      log,
      identity,
      alerts: [{ name: 'alertmanager', list: async () => ({ alerts: await list(), up: { ms: hours(1) } }) }],
    },
    { everyMs: seconds(15) },
  )
  const fromCluster = clusterFeeds({ ...watching, reader: cluster, prepared, informers })
  const fromMetrics = metricFeeds({ clock, log, prng, prepared, identity, metrics: [prometheus] }, {})
  const sources = new Sources({ alerts, feeds: [...fromCluster.feeds, ...fromMetrics.feeds] })
  const { nodes, policies, runs, health, ledgers: ledger } = informers
  const seen = { nodes, policies, runs, health, ledger, prepared, alerts, sources, fromMetrics, log, meter }
  const ports: HealthPorts = {
    ...seen,
    clock: { ...clock, nowAtLeast: clock.now },
    effects: { ...recordingEffects().effects, cluster },
    events: { record: () => {} },
    journal: { append: () => {} },
    ripe: new RipeDiagnoses(),
    missingRight: () => undefined,
    disturbances: { last: () => undefined, onChange: () => {} },
    // What stands around a sick node is no signal: `scale` measures it with all the rest.
    surroundings: { of: () => surroundings() },
    providers: { onAnswer: () => {} },
  }
  const parts = [...allOf(informers), alerts, fromCluster, fromMetrics]
  return { ports, runs: parts.map((part) => async (signal: AbortSignal) => await part.run(signal)) }
}
