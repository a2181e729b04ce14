import { type JsonObject, textAt } from '../../../kernel/json.ts'
import { seconds } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { tolerates, tolerationsOf } from '../control-plane/tolerations.ts'
import {
  controllerOf,
  finalizersOf,
  isFinished,
  isTerminating,
  labelsOf,
  nameOf,
  refOf,
  taintsOf,
  uidOf,
} from '../fields.ts'
import type { Fleet } from '../host/fleet.ts'
import { KeyQueue } from '../key-queue.ts'
import type { Nature } from '../nature.ts'
import { attachments } from '../volumes/volume-names.ts'
import { disruptedTaint, poolLabel, terminationFinalizer } from './node-pool.ts'
import { nodeClaims } from './provisioner.ts'

const retryMs = seconds(1)
const stuckRetryMs = seconds(10)

/** A claim that is deleted takes its node along: drained through evictions, then the machine goes, then Node and claim. */
export class Termination {
  /** Until further notice its finalizers stay: what is deleted goes on being there. */
  isStuck = false
  readonly #nature: Nature
  readonly #fleet: Fleet
  readonly #api: WorldClient
  readonly #queue: KeyQueue

  readonly #onStuck: () => void
  readonly #stuck = new Set<string>()

  /** Told once per object that cannot go. */
  constructor(nature: Nature, fleet: Fleet, onStuck: () => void) {
    this.#nature = nature
    this.#onStuck = onStuck
    this.#fleet = fleet
    this.#api = nature.as('system:serviceaccount:kube-system:karpenter')
    this.#queue = new KeyQueue(nature, { actor: 'karpenter termination', reconcile: (name) => this.#look(name) })
  }

  run(): void {
    const { objects } = this.#nature
    objects.on(nodeClaims, ({ type, object }) => {
      if (type !== 'DELETED' && isTerminating(object)) this.#queue.add(nameOf(object))
    })
    objects.on('nodes', ({ object }) => {
      if (isTerminating(object) && Object.hasOwn(labelsOf(object), poolLabel)) this.#queue.add(nameOf(object))
    })
    objects.on('pods', ({ type, object }) => {
      const node = objects.get('nodes', { name: textAt(object, 'spec', 'nodeName') ?? '' })
      if (type === 'DELETED' && node !== undefined && isTerminating(node)) this.#queue.add(nameOf(node))
    })
  }

  /** Claim and node have one name. */
  #look(name: string): void {
    const claim = this.#nature.objects.get(nodeClaims, { name })
    const node = this.#nature.objects.get('nodes', { name })
    if (claim !== undefined && !isTerminating(claim)) this.#api.delete(nodeClaims, { name }, { uid: uidOf(claim) })
    if (node !== undefined) this.#endNode(node)
    else if (claim !== undefined) this.#endClaim(name)
  }

  #endNode(node: JsonObject): void {
    if (!isTerminating(node)) {
      this.#api.delete('nodes', refOf(node), { uid: uidOf(node) })
      this.#queue.add(nameOf(node))
      return
    }
    this.#taint(node)
    const isThere = this.#fleet.hosts.has(nameOf(node))
    if (isThere && !(this.#drain(node) && this.#isDetached(node))) {
      this.#queue.add(nameOf(node), retryMs)
      return
    }
    this.#terminateMachine(nameOf(node))
    this.#removeFinalizer('nodes', node)
  }

  /** Pods may be gone before their volumes are. */
  #isDetached(node: JsonObject): boolean {
    const all = this.#nature.objects.all(attachments)
    return all.every((attachment) => textAt(attachment, 'spec', 'nodeName') !== nameOf(node))
  }

  #endClaim(name: string): void {
    this.#terminateMachine(name)
    const claim = this.#nature.objects.get(nodeClaims, { name })
    if (claim !== undefined && isTerminating(claim)) this.#removeFinalizer(nodeClaims, claim)
  }

  #taint(node: JsonObject): void {
    const taints = taintsOf(node)
    if (taints.some(({ key }) => key === disruptedTaint.key)) return
    this.#api.patch('nodes', refOf(node), { spec: { taints: [...taints, disruptedTaint] } })
  }

  /** True once nothing is left that has to be moved. Budgets are asked; a pod that may not go yet is asked again. */
  #drain(node: JsonObject): boolean {
    const left = this.#nature.objects.podsOn(nameOf(node)).filter(isDrainable)
    for (const pod of left) if (!isTerminating(pod)) this.#api.evict(refOf(pod), { preconditions: { uid: uidOf(pod) } })
    return left.length === 0
  }

  #terminateMachine(name: string): void {
    if (!this.#fleet.hosts.has(name)) return
    this.#fleet.remove(name)
    this.#nature.tell({ kind: 'MachineTerminated', machine: name, nodeClaim: name })
  }

  #removeFinalizer(resource: string, object: JsonObject): void {
    if (this.isStuck) {
      if (!this.#stuck.has(uidOf(object))) this.#onStuck()
      this.#stuck.add(uidOf(object))
      this.#queue.add(nameOf(object), stuckRetryMs)
      return
    }
    const finalizers = finalizersOf(object).filter((name) => name !== terminationFinalizer)
    this.#api.patch(resource, refOf(object), { metadata: { finalizers } })
  }
}

function isDrainable(pod: JsonObject): boolean {
  const owner = controllerOf(pod)?.kind
  const staysWithNode = owner === 'DaemonSet' || owner === 'Node'
  return (
    !staysWithNode &&
    !isFinished(pod) &&
    !tolerationsOf(pod).some((toleration) => tolerates(toleration, disruptedTaint))
  )
}
