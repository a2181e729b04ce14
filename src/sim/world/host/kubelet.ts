import { rfc3339Micro } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { withConditions } from '../conditions.ts'
import type { MachineState } from '../events.ts'
import { uidOf } from '../fields.ts'
import { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'
import { kubeletConditions, type NodeIdentity, newNode, nodeFacts } from './node-status.ts'
import { PodRunner } from './pod-runner.ts'
import { rebootedEvent } from './rebooted-event.ts'
import { type StaticPod, StaticPods } from './static-pods.ts'

export interface KubeletOptions {
  readonly node: NodeIdentity
  readonly staticPods?: readonly StaticPod[]
}

const leaseNamespace = 'kube-node-lease'

/** The node agent: lives and dies with its machine, and says nothing while it is cut off. */
export class Kubelet {
  readonly pods: PodRunner
  readonly #nature: Nature
  readonly #machine: Machine
  readonly #node: NodeIdentity
  readonly #api: WorldClient
  readonly #staticPods: StaticPods
  #life: Lifetime
  #isStarted = false
  #isRuntimeHealthy = true
  #state: MachineState = 'Off'

  constructor(nature: Nature, machine: Machine, { node, staticPods = [] }: KubeletOptions) {
    this.#nature = nature
    this.#machine = machine
    this.#node = node
    this.#api = nature.as(`system:node:${node.name}`)
    this.#life = new Lifetime(nature.timers)
    this.#staticPods = new StaticPods(nature, node.name, staticPods)
    this.pods = new PodRunner(nature, machine, node)
    machine.install({
      stateBecame: (state) => this.#stateBecame(state),
      connectionBecame: (isConnected) => {
        if (isConnected && this.#state === 'Running') this.#goOn()
      },
    })
  }

  /** A container runtime that is down makes the node NotReady, by the kubelet's own word. */
  setRuntimeHealthy(isHealthy: boolean): void {
    this.#isRuntimeHealthy = isHealthy
    if (!this.#life.hasEnded) this.#postStatus()
  }

  #stateBecame(state: MachineState): void {
    const before = this.#state
    this.#state = state
    this.#life.end()
    this.pods.freeze()
    if (state === 'Off' || state === 'Booting') {
      this.#isStarted = false
      this.pods.die()
    }
    if (state !== 'Running') return
    this.#life = new Lifetime(this.#nature.timers)
    if (before === 'Hung') this.#goOn()
    else this.#life.after(this.#nature.timings.kubeletStartMs, () => this.#goOn())
  }

  /** From here on it says what it sees. The runtime needs a moment after a boot. */
  #goOn(): void {
    this.#life.end()
    this.#life = new Lifetime(this.#nature.timers)
    if (!this.#isStarted) this.#register()
    this.#postStatusForEver()
    this.#renewLeaseForEver()
    if (this.#isStarted) this.#runPods()
    else this.#life.after(this.#nature.timings.runtimeReadyMs, () => this.#finishStart())
  }

  #finishStart(): void {
    this.#isStarted = true
    this.#postStatus()
    this.#runPods()
  }

  #runPods(): void {
    this.pods.go()
    this.#staticPods.go(this.#life)
  }

  /** Once per start of the program: a Node that is deleted meanwhile stays away. */
  #register(): void {
    const isKnown = this.#nature.objects.get('nodes', { name: this.#node.name }) !== undefined
    if (this.#machine.isConnected && !isKnown) this.#api.create('nodes', newNode(this.#node))
  }

  #renewLeaseForEver(): void {
    this.#renewLease()
    this.#life.after(this.#nature.timings.leaseRenewMs, () => this.#renewLeaseForEver())
  }

  #renewLease(): void {
    if (!this.#machine.isConnected) return
    const { name } = this.#node
    const node = this.#nature.objects.get('nodes', { name })
    if (node === undefined) return
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: rfc3339Micro(this.#nature.timers.now()) }
    if (this.#nature.objects.get('leases.coordination.k8s.io', { namespace: leaseNamespace, name }) === undefined) {
      this.#api.create('leases.coordination.k8s.io', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {
          namespace: leaseNamespace,
          name,
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uidOf(node) }],
        },
        spec,
      })
    } else {
      this.#api.patch('leases.coordination.k8s.io', { namespace: leaseNamespace, name }, { spec })
    }
  }

  #postStatusForEver(): void {
    this.#postStatus()
    this.#life.after(this.#nature.timings.statusReportMs, () => this.#postStatusForEver())
  }

  #postStatus(): void {
    if (!this.#machine.isConnected) return
    const { objects, timers } = this.#nature
    const { name } = this.#node
    const known = objects.get('nodes', { name })
    if (known === undefined) return
    const said = kubeletConditions(this.#isStarted && this.#isRuntimeHealthy)
    const conditions = withConditions(known, said, { now: timers.now(), heartbeat: true })
    const event = rebootedEvent(known, this.#machine.bootID, timers.now())
    this.#api.patchStatus('nodes', { name }, { status: { ...nodeFacts(this.#node, this.#machine), conditions } })
    if (event !== undefined) this.#api.create('events', event)
  }
}
