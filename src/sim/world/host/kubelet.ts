import type { WorldClient } from '../../api-server/world-client.ts'
import { withConditions } from '../conditions.ts'
import type { MachineState } from '../events.ts'
import { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'
import { renewNodeLease } from './node-lease.ts'
import { firstVersion, kubeletConditions, type NodeIdentity, newNode, nodeFacts } from './node-status.ts'
import { PodRunner } from './pod-runner.ts'
import { rebootedEvent } from './rebooted-event.ts'
import { Services } from './services.ts'
import { type StaticPod, StaticPods } from './static-pods.ts'

/** Kubelets call a disk full with 15 percent left, which is where they begin to delete images. */
const pressurePercent = 85

export interface KubeletOptions {
  readonly node: NodeIdentity
  readonly staticPods?: readonly StaticPod[]
}

/** The node agent: lives and dies with its machine, and says nothing while it is cut off. */
export class Kubelet {
  readonly pods: PodRunner
  readonly services: Services
  /** How long what it saw is on its way to the API server: it arrives even when the machine is gone by then. */
  statusDelayMs = 0
  /** What it says that it is. */
  version = firstVersion
  /** Until further notice a Node that is not there is not registered: a bad certificate, a bad image. */
  refusesToRegister = false
  readonly #nature: Nature
  readonly #machine: Machine
  readonly #node: NodeIdentity
  readonly #api: WorldClient
  readonly #staticPods: StaticPods
  #life: Lifetime
  #isStarted = false
  #isRegistered = false
  #isHung = false
  #isRuntimeHealthy = true
  #isUnderPressure = false
  #state: MachineState = 'Off'

  constructor(nature: Nature, machine: Machine, { node, staticPods = [] }: KubeletOptions) {
    this.#nature = nature
    this.#machine = machine
    this.#node = node
    this.#api = nature.as(`system:node:${node.name}`)
    this.#life = new Lifetime(nature.timers)
    this.#life.end()
    this.#staticPods = new StaticPods(nature, node.name, staticPods)
    this.services = new Services(machine)
    this.services.add('kubelet', () => {
      this.restart()
      return true
    })
    this.pods = new PodRunner(nature, { machine, node, services: this.services })
    machine.install({
      diskBecame: () => this.#diskBecame(),
      stateBecame: (state) => this.#stateBecame(state),
      connectionBecame: (isConnected) => {
        if (isConnected && this.#state === 'Running' && !this.#isHung) this.#goOn()
      },
    })
  }

  /** A container runtime that is down makes the node NotReady, by the kubelet's own word. */
  setRuntimeHealthy(isHealthy: boolean): void {
    this.#isRuntimeHealthy = isHealthy
    if (!this.#life.hasEnded) this.#postStatus()
  }

  /** The program hangs; the machine, its other programs and its pods go on. A boot or a restart ends it. */
  hang(): void {
    this.#isHung = true
    this.#life.end()
    this.pods.freeze()
  }

  /** A program that hung goes on where it stood. */
  recover(): void {
    if (!this.#isHung) return
    this.#isHung = false
    if (this.#state === 'Running') this.#goOn()
  }

  /** The program alone: its pods go on, and a Node that was deleted is registered anew, under another UID. */
  restart(): void {
    this.#isHung = false
    if (this.#state === 'Running') this.#start()
  }

  #stateBecame(state: MachineState): void {
    const before = this.#state
    this.#state = state
    this.#life.end()
    this.pods.freeze()
    if (state === 'Off' || state === 'Booting') {
      this.#isHung = false
      this.#isStarted = false
      this.pods.die()
    }
    if (state !== 'Running' || this.#isHung) return
    if (before === 'Hung' && this.#isStarted) this.#goOn()
    else this.#start()
  }

  /** Pressure is seen at once, and forgotten only after a while; a kubelet that starts anew sees what is. */
  #diskBecame(): void {
    if (this.#life.hasEnded) return
    if (this.#isDiskFull) this.#setPressure(true)
    else if (this.#isUnderPressure)
      this.#life.after(this.#nature.timings.pressureHeldMs, () => this.#setPressure(this.#isDiskFull))
  }

  #setPressure(isUnderPressure: boolean): void {
    if (this.#isUnderPressure === isUnderPressure) return
    this.#isUnderPressure = isUnderPressure
    this.#postStatus()
  }

  get #isDiskFull(): boolean {
    return this.#machine.disk.usedPercent >= pressurePercent
  }

  #start(): void {
    this.#isStarted = this.#machine.fastBootMs !== undefined
    this.#isRegistered = false
    this.#life.end()
    this.pods.freeze()
    this.#life = new Lifetime(this.#nature.timers)
    this.#life.after(this.#nature.timings.kubeletStartMs, () => this.#goOn())
  }

  /** From here on it says what it sees. The runtime needs a moment after a boot. */
  #goOn(): void {
    this.#life.end()
    this.#life = new Lifetime(this.#nature.timers)
    if (!this.#isRegistered) this.#register()
    this.#isUnderPressure = this.#isDiskFull
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

  /** Once per start of the program, and until it has succeeded: a Node that is deleted later stays away. */
  #register(): void {
    if (!this.#machine.isConnected || this.refusesToRegister) {
      this.#life.after(this.#nature.timings.kubeletStartMs, () => this.#register())
      return
    }
    this.#isRegistered = true
    const isKnown = this.#nature.objects.get('nodes', { name: this.#node.name }) !== undefined
    if (!isKnown) this.#api.create('nodes', newNode(this.#node))
  }

  #renewLeaseForEver(): void {
    if (this.#machine.isConnected) {
      const { objects } = this.#nature
      renewNodeLease({ objects, api: this.#api }, this.#node.name, this.#machine.clock)
    }
    this.#life.after(this.#nature.timings.leaseRenewMs, () => this.#renewLeaseForEver())
  }

  #postStatusForEver(): void {
    this.#postStatus()
    this.#life.after(this.#nature.timings.statusReportMs, () => this.#postStatusForEver())
  }

  /** What is true now, written now or when it arrives. */
  #postStatus(): void {
    if (!this.#machine.isConnected) return
    const now = this.#machine.clock
    const said = kubeletConditions(this.#isStarted && this.#isRuntimeHealthy, this.#isUnderPressure)
    const facts = nodeFacts(this.#node, this.#machine, this.version)
    const { bootID } = this.#machine
    const { name } = this.#node
    const write = (): void => {
      const known = this.#nature.objects.get('nodes', { name })
      if (known === undefined) return
      const conditions = withConditions(known, said, { now, heartbeat: true })
      const event = rebootedEvent(known, bootID, now)
      this.#api.patchStatus('nodes', { name }, { status: { ...facts, conditions } })
      if (event !== undefined) this.#api.create('events', event)
    }
    if (this.statusDelayMs === 0) write()
    else this.#nature.clientTimers.after(this.statusDelayMs, write)
  }
}
