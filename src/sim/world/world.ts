import { bmcSecretName, defaultNamespace } from '../../api/annotations.ts'
import { assert } from '../../kernel/assert.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes } from '../../kernel/time.ts'
import type { Power } from '../../ports/power.ts'
import { ApiServer } from '../api-server/api-server.ts'
import { WorldClient } from '../api-server/world-client.ts'
import type { Timers } from '../loop.ts'
import { Alertmanager, type LoadRule } from './alertmanager/alertmanager.ts'
import { Load } from './alertmanager/load.ts'
import { apply } from './apply.ts'
import { runControlPlane } from './control-plane/control-plane.ts'
import { DeniedRights } from './denied-rights.ts'
import type { WorldEvent } from './events.ts'
import { Bmc } from './host/bmc.ts'
import { BmcNetwork } from './host/bmc-network.ts'
import { bmcSecret } from './host/bmc-secret.ts'
import { Fleet, type Host } from './host/fleet.ts'
import type { Machine, SoftReboot } from './host/machine.ts'
import type { StaticPod } from './host/static-pods.ts'
import { karpenterCrds } from './karpenter/crds.ts'
import { Karpenter } from './karpenter/karpenter.ts'
import type { NodePool } from './karpenter/node-pool.ts'
import type { Nature } from './nature.ts'
import { Objects } from './objects.ts'
import { Prometheus } from './prometheus/prometheus.ts'
import { ServerOutage } from './server-outage.ts'
import { ordinaryTimings, type Timings } from './timings.ts'
import { Disks } from './volumes/disks.ts'
import { manifestsOf, namespace, nodeAgent, type Workload } from './workload.ts'

export interface WorldOptions {
  readonly timers: Timers
  readonly seed: number
  /** Nodes with a BMC each, `node-1` and on, spread over the zones in turn. */
  readonly nodes: number
  readonly zones?: readonly string[]
  readonly cpusPerNode?: number
  /** Nodes that Karpenter rents, and how many of each pool there are at the beginning. */
  readonly pools?: readonly (NodePool & { readonly nodes: number })[]
  /** Objects that are there first, CRDs before what needs them. */
  readonly manifests?: readonly JsonObject[]
  readonly workloads?: readonly Workload[]
  readonly alertRules?: readonly LoadRule[]
  /** On the nodes with a BMC, beside zone and host name. */
  readonly nodeLabels?: Readonly<Record<string, string>>
  /** On every node with a BMC. */
  readonly staticPods?: readonly StaticPod[]
  /** How many of the nodes with a BMC, from the first on, bear the control plane, as kubeadm sets it up. */
  readonly controlPlane?: number
  readonly timings?: Partial<Timings>
}

const controlPlanePods: readonly StaticPod[] = ['etcd', 'kube-apiserver', 'kube-controller-manager'].map((name) => ({
  namespace: 'kube-system',
  name,
  image: `registry.example/${name}:1`,
}))

const defaultRules: readonly LoadRule[] = [{ alert: 'NodeCPUSaturated', abovePercent: 90, forMs: minutes(1) }]

/**
 * A cluster with everything around its API server: machines, kubelets, controllers, BMCs, an Alertmanager, a Prometheus, Karpenter. What is
 * physically true stands here; what anybody believes stands in the API server.
 */
export class World {
  readonly timers: Timers
  /** For people and programs that do nothing but through the API server. */
  readonly clientTimers: Timers
  readonly server: ApiServer
  readonly rights = new DeniedRights()
  readonly objects: Objects
  /** As the administrator. */
  readonly api: WorldClient
  readonly fleet: Fleet
  readonly bmcNetwork: BmcNetwork
  readonly disks: Disks
  readonly load: Load
  readonly alertmanager: Alertmanager
  readonly prometheus: Prometheus
  readonly karpenter: Karpenter | undefined
  readonly #nature: Nature
  readonly #outage: ServerOutage
  readonly #bmcs = new Map<string, Bmc>()
  readonly #listeners: ((event: WorldEvent) => void)[] = []
  readonly #zones: readonly string[]
  readonly #options: WorldOptions
  #addresses = 0
  /** How many machines with a BMC there have been. */
  #iron: number

  constructor(options: WorldOptions) {
    const { timers, seed, zones = ['a', 'b', 'c'], timings, alertRules = defaultRules, pools = [] } = options
    this.#zones = zones
    this.timers = timers
    this.#outage = new ServerOutage({ timers, prng: new Prng(seed).fork('outage') })
    this.clientTimers = this.#outage.timers
    const { namespaceEmptyMs } = { ...ordinaryTimings, ...timings }
    this.server = new ApiServer({
      now: timers.now,
      seed,
      authorize: this.rights.authorize,
      onNamespaceEnding: (empty) => void this.clientTimers.after(namespaceEmptyMs, empty),
    })
    this.objects = new Objects(this.server)
    const isAway = (): boolean => this.#outage.isAway
    this.api = new WorldClient(this.server, 'system:admin', isAway)
    this.#nature = {
      timers,
      clientTimers: this.clientTimers,
      prng: new Prng(seed).fork('world'),
      timings: { ...ordinaryTimings, ...timings },
      objects: this.objects,
      as: (user) => new WorldClient(this.server, user, isAway),
      tell: (event) => this.#tell(event),
    }
    this.disks = new Disks(this.objects, this.#nature.tell)
    this.onEvent(this.disks.take)
    this.fleet = new Fleet(this.#nature)
    this.bmcNetwork = new BmcNetwork(this.#nature)
    this.load = new Load(this.#nature)
    this.alertmanager = new Alertmanager(this.#nature, this.load, alertRules)
    this.prometheus = new Prometheus(this.#nature, { fleet: this.fleet, load: this.load, rules: alertRules })
    runControlPlane(this.#nature)
    this.#bookmarkForEver()
    this.#install(options)
    this.#options = options
    this.#iron = options.nodes
    for (let index = 1; index <= options.nodes; index += 1) this.#addNode(index, options, 'Running')
    this.karpenter = pools.length === 0 ? undefined : this.#addPools(pools)
  }

  /** The port to all BMCs, without a network between. */
  get power(): Power {
    return this.bmcNetwork.power
  }

  machine(nodeName: string): Machine {
    return this.host(nodeName).machine
  }

  host(nodeName: string): Host {
    return present(this.fleet.hosts.get(nodeName), nodeName)
  }

  bmc(nodeName: string): Bmc {
    return present(this.#bmcs.get(nodeName), `BMC of ${nodeName}`)
  }

  /** Where the iron stands, whatever a label says. By name. */
  machinesIn(zone: string): readonly string[] {
    return [...this.fleet.hosts].flatMap(([name, host]) => (host.zone === zone ? [name] : [])).toSorted()
  }

  /** Whose BMC that was installed as; empty: nobody's. */
  nodeOfBmc(address: string): string {
    return [...this.#bmcs].find(([, { options }]) => options.address === address)?.[0] ?? ''
  }

  /** Nodes with a BMC, by name. */
  get bmcNodes(): readonly string[] {
    return [...this.#bmcs.keys()].toSorted()
  }

  /** Listeners hear every event at the moment at which it becomes true. Returns its own end. */
  onEvent(listener: (event: WorldEvent) => void): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index !== -1) this.#listeners.splice(index, 1)
    }
  }

  /** The API server under another name, so that every change says whose it was. */
  as(user: string): WorldClient {
    return this.#nature.as(user)
  }

  apply(manifests: readonly JsonObject[]): void {
    apply(this.server, this.api, manifests)
  }

  /** The kernel blocks in some path, and says so in its log. `softReboot`: what a reboot ordered on the node then does. */
  deadlock(nodeName: string, softReboot: SoftReboot = 'Hangs'): void {
    this.machine(nodeName).deadlock(softReboot)
  }

  hang(nodeName: string): void {
    this.machine(nodeName).hang()
  }

  /** The network of the node fails, or comes back: everything on it goes on, and nobody hears of it. */
  silence(nodeName: string, isSilent = true): void {
    this.machine(nodeName).connect(!isSilent)
  }

  /** Its pods become so busy that the node has no time left. */
  overload(nodeName: string, percent = 140): void {
    assert(this.load.burden(nodeName, percent), `${nodeName} has no pod that could be busy`)
  }

  /** Every boot from now on ends in a hung machine, or no longer does. */
  breakForGood(nodeName: string, isBroken = true): void {
    this.machine(nodeName).bootsHang = isBroken
  }

  /**
   * Nobody reaches the API server, until the end that this returns: no lease is renewed, no controller acts, no person either. Then
   * controllers are there at once, and find every lease old; each machine finds its way back within the time of a renewal.
   */
  loseServer(): () => void {
    this.#outage.begin()
    for (const { machine } of this.fleet.hosts.values()) machine.serverBecame(false)
    return () => {
      this.#outage.end()
      const { prng, timings } = this.#nature
      const jitter = prng.fork(`back/${this.timers.now()}`)
      for (const { machine } of this.fleet.hosts.values()) this.#reconnect(machine, jitter.int(0, timings.leaseRenewMs))
    }
  }

  /** A machine with a BMC joins, turned on just now. Returns its name. */
  addNode(): string {
    this.#iron += 1
    return this.#addNode(this.#iron, this.#options, 'Off')
  }

  /** The machine is carried away, and somebody deletes its Node. */
  removeNode(nodeName: string): void {
    const bmc = this.#bmcs.get(nodeName)
    this.fleet.remove(nodeName)
    if (bmc !== undefined) this.bmcNetwork.remove(bmc)
    this.#bmcs.delete(nodeName)
    this.api.delete('nodes', { name: nodeName })
    this.api.delete('secrets', { namespace: defaultNamespace, name: bmcSecretName(nodeName) })
  }

  #install({ manifests = [], workloads = [], pools = [] }: WorldOptions): void {
    const names = [
      'default',
      'kube-system',
      'kube-node-lease',
      defaultNamespace,
      ...workloads.map((workload) => workload.namespace),
    ]
    this.apply([...new Set(names)].map(namespace))
    if (pools.length > 0) this.apply(karpenterCrds)
    this.apply(manifests)
    this.apply([nodeAgent, ...workloads.flatMap(manifestsOf)])
  }

  #addNode(index: number, options: WorldOptions, begins: 'Running' | 'Off'): string {
    const { cpusPerNode: cpus = 4, nodeLabels = {}, staticPods = [], controlPlane = 0 } = options
    const zone = this.#zones[(index - 1) % this.#zones.length] ?? ''
    const isControlPlane = index <= controlPlane
    const role = isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}
    const labels = { 'topology.kubernetes.io/zone': zone, remediable: 'true', ...nodeLabels, ...role }
    const name = `node-${index}`
    const { machine } = this.fleet.add({
      node: { name, labels, cpus, internalIP: this.#newAddress(zone) },
      staticPods: isControlPlane ? [...staticPods, ...controlPlanePods] : staticPods,
      begins,
    })
    machine.turnOn()
    const password = this.#nature.prng.fork(`${name}/password`).int(0, 0xffff_ffff).toString(36)
    const bmc = new Bmc(this.#nature, machine, {
      address: `10.0.0.${index}`,
      port: 623,
      username: 'prunella',
      password,
    })
    this.#bmcs.set(name, bmc)
    this.bmcNetwork.add(bmc)
    this.apply([bmcSecret(defaultNamespace, bmc)])
    return name
  }

  #addPools(pools: NonNullable<WorldOptions['pools']>): Karpenter {
    const karpenter = new Karpenter(this.#nature, {
      pools,
      fleet: this.fleet,
      newAddress: (zone) => this.#newAddress(zone),
    })
    for (const pool of pools) for (let count = 0; count < pool.nodes; count += 1) karpenter.begin(pool)
    return karpenter
  }

  /** The second number tells the zone. */
  #newAddress(zone: string): string {
    this.#addresses += 1
    return `10.${1 + this.#zones.indexOf(zone)}.${Math.floor(this.#addresses / 250)}.${1 + (this.#addresses % 250)}`
  }

  /** As a kube-apiserver does it: a watch on which nothing happens would look as if it were dead. */
  #bookmarkForEver(): void {
    this.#nature.timers.after(minutes(1), () => {
      this.server.bookmark()
      this.#bookmarkForEver()
    })
  }

  #reconnect(machine: Machine, afterMs: number): void {
    this.timers.after(afterMs, () => {
      if (!this.#outage.isAway) machine.serverBecame(true)
    })
  }

  #tell(event: WorldEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function present<Thing>(thing: Thing | undefined, name: string): Thing {
  assert(thing !== undefined, `there is no ${name} in this world`)
  return thing
}
