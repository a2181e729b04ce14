import { type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { minutes } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { withConditions } from '../conditions.ts'
import type { KarpenterFault } from '../events.ts'
import { finalizersOf, isReady, isTerminating, labelsOf, nameOf, ownerReference, refOf, taintsOf } from '../fields.ts'
import type { Fleet } from '../host/fleet.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import {
  type ClaimStage,
  claimConditions,
  disruptedTaint,
  type NodePool,
  newNodePool,
  nodeOfClaim,
  poolLabel,
  providerIDOf,
  terminationFinalizer,
} from './node-pool.ts'
import { nodeClaims, Provisioner } from './provisioner.ts'
import { Termination } from './termination.ts'

export interface KarpenterOptions {
  readonly pools: readonly NodePool[]
  readonly fleet: Fleet
  /** An address for the machine of a new node in this zone. */
  readonly newAddress: (zone: string) => string
}

/** How Karpenter and the cloud behind it can fail whoever relies on them. */
export interface KarpenterManners {
  /** Its finalizers stay: a claim that is deleted goes on being there, and so does its node. */
  readonly keepsFinalizers: boolean
  /** The cloud has no machine to rent. */
  readonly hasNoCapacity: boolean
  /** What is rented boots and never becomes a node. */
  readonly neverRegisters: boolean
}

const goodManners: KarpenterManners = { keepsFinalizers: false, hasNoCapacity: false, neverRegisters: false }

/** After this a machine that has not registered is given back. */
const registrationMs = minutes(15)

/** How long it takes until a claim is missed whose machine is gone. */
const garbageMs = minutes(2)

/** Rents machines for pods that fit nowhere, and gives them back with their claims. Its CRDs must be installed. */
export class Karpenter {
  readonly #nature: Nature
  readonly #options: KarpenterOptions
  readonly #api: WorldClient
  readonly #provisioner: Provisioner
  readonly #termination: Termination
  readonly #queue: KeyQueue
  /** How often it failed, and how. */
  readonly counts = new Map<KarpenterFault, number>()
  #manners = goodManners

  constructor(nature: Nature, options: KarpenterOptions) {
    this.#nature = nature
    this.#options = options
    this.#api = nature.as('system:serviceaccount:kube-system:karpenter')
    this.#queue = new KeyQueue(nature, { actor: 'karpenter', reconcile: (name) => this.#look(name) })
    this.#provisioner = new Provisioner(nature, options.pools)
    this.#termination = new Termination(nature, options.fleet, () => this.#met('FinalizerKept'))
    this.#termination.run()
    nature.objects.on(nodeClaims, ({ type, object }) => {
      if (type !== 'DELETED') this.#queue.add(nameOf(object))
    })
    nature.objects.on('nodes', ({ object }) => {
      if (Object.hasOwn(labelsOf(object), poolLabel)) this.#queue.add(nameOf(object))
    })
    for (const pool of options.pools) this.#api.create('nodepools.karpenter.sh', newNodePool(pool))
  }

  /** A node that has been there since before the story. */
  begin(pool: NodePool): string {
    const claim = this.#provisioner.claim(pool)
    this.#launch(claim, 'Running')
    return nameOf(claim)
  }

  behave(manners: Partial<KarpenterManners>): void {
    this.#manners = { ...this.#manners, ...manners }
    this.#termination.isStuck = this.#manners.keepsFinalizers
  }

  behaveWell(): void {
    this.behave(goodManners)
    for (const claim of this.#nature.objects.all(nodeClaims)) {
      const host = this.#options.fleet.hosts.get(nameOf(claim))
      if (host !== undefined) host.kubelet.refusesToRegister = false
    }
  }

  setQuota(poolName: string, nodesMax: number): void {
    this.#provisioner.setQuota(poolName, nodesMax)
  }

  /** The first and the last word of a disruption of its own, such as a consolidation. */
  markDisrupted(name: string, isDisrupted: boolean): void {
    const node = this.#nature.objects.get('nodes', { name })
    if (node === undefined || isTerminating(node)) return
    const others = taintsOf(node).filter(({ key }) => key !== disruptedTaint.key)
    const taints = isDisrupted ? [...others, disruptedTaint] : others
    this.#api.patch('nodes', refOf(node), { spec: { taints: taints.length === 0 ? null : taints } })
  }

  disrupt(name: string): void {
    this.#api.delete(nodeClaims, { name })
  }

  /** The cloud takes the machine back without asking. The claim is missed later. */
  reclaim(name: string): void {
    if (!this.#options.fleet.hosts.has(name)) return
    this.#met('MachineReclaimed')
    this.#options.fleet.remove(name)
    this.#nature.tell({ kind: 'MachineTerminated', machine: name, nodeClaim: name })
    this.#nature.clientTimers.after(garbageMs, () => this.#api.delete(nodeClaims, { name }))
  }

  #met(fault: KarpenterFault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    this.#nature.tell({ kind: 'KarpenterMisbehaved', fault })
  }

  #look(name: string): void {
    const claim = this.#nature.objects.get(nodeClaims, { name })
    if (claim === undefined || isTerminating(claim)) return
    const reached = stagesOf(claim)
    if (!reached.includes('Launched')) this.#launchLater(claim)
    else this.#followNode(claim, reached)
  }

  #launchLater(claim: JsonObject): void {
    if (this.#options.fleet.hosts.has(nameOf(claim))) return
    if (this.#manners.hasNoCapacity) {
      this.#met('NoCapacity')
      this.#provisioner.forgetCapacity()
      this.disrupt(nameOf(claim))
      return
    }
    this.#launch(claim, 'Off')
    this.#nature.clientTimers.after(registrationMs, () => this.#giveUp(nameOf(claim)))
    const { bootMs, machineLaunchMs } = this.#nature.timings
    this.#nature.timers.after(Math.max(0, machineLaunchMs - bootMs), () => {
      this.#options.fleet.hosts.get(nameOf(claim))?.machine.turnOn()
    })
  }

  #launch(claim: JsonObject, begins: 'Running' | 'Off'): void {
    const pool = this.#options.pools.find(({ name }) => name === labelsOf(claim)[poolLabel])
    if (pool === undefined) return
    const name = nameOf(claim)
    const internalIP = this.#options.newAddress(labelsOf(claim)['topology.kubernetes.io/zone'] ?? '')
    const { kubelet } = this.#options.fleet.add({
      node: nodeOfClaim(claim, { name, cpus: pool.cpus, internalIP }),
      begins,
    })
    kubelet.refusesToRegister = begins === 'Off' && this.#manners.neverRegisters
    if (kubelet.refusesToRegister) this.#met('NeverRegistered')
    this.#nature.tell({ kind: 'MachineLaunched', machine: name, nodeClaim: name })
    this.#say(claim, ['Launched'], { providerID: providerIDOf(name) })
  }

  #giveUp(name: string): void {
    const claim = this.#nature.objects.get(nodeClaims, { name })
    if (claim !== undefined && !stagesOf(claim).includes('Registered')) this.disrupt(name)
  }

  #followNode(claim: JsonObject, reached: readonly ClaimStage[]): void {
    const node = this.#nature.objects.get('nodes', { name: nameOf(claim) })
    if (node === undefined) return
    if (!reached.includes('Registered')) this.#adopt(node, claim)
    const stages: readonly ClaimStage[] =
      isReady(node) || reached.includes('Initialized')
        ? ['Launched', 'Registered', 'Initialized']
        : ['Launched', 'Registered']
    if (stages.length > reached.length) this.#say(claim, stages, { nodeName: nameOf(node) })
    if (isReady(node) && labelsOf(node)['karpenter.sh/initialized'] === undefined) {
      this.#api.patch('nodes', refOf(node), { metadata: { labels: { 'karpenter.sh/initialized': 'true' } } })
    }
  }

  /** From now on the node cannot go without its machine. */
  #adopt(node: JsonObject, claim: JsonObject): void {
    const finalizers = [...new Set([...finalizersOf(node), terminationFinalizer])]
    const { controller: _, ...reference } = ownerReference('karpenter.sh/v1', 'NodeClaim', claim)
    this.#api.patch('nodes', refOf(node), { metadata: { finalizers, ownerReferences: [reference] } })
  }

  #say(claim: JsonObject, reached: readonly ClaimStage[], facts: JsonObject): void {
    const conditions = withConditions(claim, claimConditions(reached), { now: this.#nature.timers.now() })
    this.#api.patchStatus(nodeClaims, refOf(claim), { status: { ...facts, conditions } })
  }
}

const stagesOf = (claim: JsonObject): readonly ClaimStage[] =>
  (['Launched', 'Registered', 'Initialized'] as const).filter((stage) =>
    listAt(claim, 'status', 'conditions').some(
      (condition) => textAt(condition, 'type') === stage && textAt(condition, 'status') === 'True',
    ),
  )
