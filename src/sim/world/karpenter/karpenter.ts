import { type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { withConditions } from '../conditions.ts'
import { finalizersOf, isReady, isTerminating, labelsOf, nameOf, ownerReference, refOf } from '../fields.ts'
import type { Fleet } from '../host/fleet.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import {
  type ClaimStage,
  claimConditions,
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

/** Rents machines for pods that fit nowhere, and gives them back with their claims. Its CRDs must be installed. */
export class Karpenter {
  readonly #nature: Nature
  readonly #options: KarpenterOptions
  readonly #api: WorldClient
  readonly #provisioner: Provisioner
  readonly #queue: KeyQueue

  constructor(nature: Nature, options: KarpenterOptions) {
    this.#nature = nature
    this.#options = options
    this.#api = nature.as('system:serviceaccount:kube-system:karpenter')
    this.#queue = new KeyQueue(nature, { actor: 'karpenter', reconcile: (name) => this.#look(name) })
    this.#provisioner = new Provisioner(nature, options.pools)
    new Termination(nature, options.fleet).run()
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

  #look(name: string): void {
    const claim = this.#nature.objects.get(nodeClaims, { name })
    if (claim === undefined || isTerminating(claim)) return
    const reached = stagesOf(claim)
    if (!reached.includes('Launched')) this.#launchLater(claim)
    else this.#followNode(claim, reached)
  }

  #launchLater(claim: JsonObject): void {
    if (this.#options.fleet.hosts.has(nameOf(claim))) return
    this.#launch(claim, 'Off')
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
    this.#options.fleet.add({ node: nodeOfClaim(claim, { name, cpus: pool.cpus, internalIP }), begins })
    this.#nature.tell({ kind: 'MachineLaunched', machine: name, nodeClaim: name })
    this.#say(claim, ['Launched'], { providerID: providerIDOf(name) })
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
