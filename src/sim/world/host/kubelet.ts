import { rfc3339Micro } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { saysAnythingNew, withConditions } from '../conditions.ts'
import type { MachineState } from '../events.ts'
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
  #isRuntimeReady = true
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
  setRuntimeReady(isReady: boolean): void {
    this.#isRuntimeReady = isReady
    if (!this.#life.hasEnded) this.#postStatus()
  }

  #stateBecame(state: MachineState): void {
    const before = this.#state
    this.#state = state
    this.#life.end()
    this.pods.freeze()
    this.#life = new Lifetime(this.#nature.timers)
    if (state === 'Running' && before === 'Hung') this.#goOn()
    else if (state === 'Running') this.#life.after(this.#nature.timings.kubeletStartMs, () => this.#start())
    else this.#life.end()
    if (state === 'Off' || state === 'Booting') this.pods.die()
  }

  /** After a boot: the runtime is not ready at once. */
  #start(): void {
    const { runtimeReadyMs } = this.#nature.timings
    this.#isRuntimeReady = false
    this.#goOn()
    this.#life.after(runtimeReadyMs, () => {
      this.#isRuntimeReady = true
      this.#postStatus()
      this.pods.go()
      this.#staticPods.go(this.#life)
    })
  }

  #goOn(): void {
    this.#life.end()
    this.#life = new Lifetime(this.#nature.timers)
    this.#renewLeaseForEver()
    this.#postStatusForEver()
    if (!this.#isRuntimeReady) return
    this.pods.go()
    this.#staticPods.go(this.#life)
  }

  #renewLeaseForEver(): void {
    this.#renewLease()
    this.#life.after(this.#nature.timings.leaseRenewMs, () => this.#renewLeaseForEver())
  }

  #renewLease(): void {
    if (!this.#machine.isConnected) return
    const { name } = this.#node
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: rfc3339Micro(this.#nature.timers.now()) }
    if (this.#nature.objects.get('leases.coordination.k8s.io', { namespace: leaseNamespace, name }) === undefined) {
      this.#api.create('leases.coordination.k8s.io', {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { namespace: leaseNamespace, name },
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
    const known = objects.get('nodes', { name }) ?? this.#api.create('nodes', newNode(this.#node))
    const said = kubeletConditions(this.#isRuntimeReady)
    const conditions = withConditions(known, said, { now: timers.now(), heartbeat: true })
    const event = rebootedEvent(known, this.#machine.bootID, timers.now())
    this.#api.patchStatus('nodes', { name }, { status: { ...nodeFacts(this.#node, this.#machine), conditions } })
    if (event !== undefined) this.#api.create('events', event)
    if (saysAnythingNew(known, said) && this.#isRuntimeReady) this.pods.go()
  }
}
