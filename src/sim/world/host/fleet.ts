import type { MachineState } from '../events.ts'
import type { Nature } from '../nature.ts'
import { ContainerRuntime } from './container-runtime.ts'
import { Kubelet, type KubeletOptions } from './kubelet.ts'
import { Machine } from './machine.ts'
import { ProblemDetector } from './problem-detector.ts'

/** One machine with the programs of a node. */
export interface Host {
  readonly machine: Machine
  readonly kubelet: Kubelet
  readonly detector: ProblemDetector
  readonly runtime: ContainerRuntime
  /** Where it stands. */
  readonly zone: string
}

export interface HostOptions extends KubeletOptions {
  /** `Running`: up since before the story. `Off`: somebody has to turn it on. */
  readonly begins: Extract<MachineState, 'Running' | 'Off'>
}

/** Every machine there is, by the name of its node. */
export class Fleet {
  readonly #nature: Nature
  readonly #hosts = new Map<string, Host>()

  constructor(nature: Nature) {
    this.#nature = nature
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts
  }

  add({ begins, ...options }: HostOptions): Host {
    const machine = new Machine(this.#nature, options.node.name)
    const kubelet = new Kubelet(this.#nature, machine, options)
    const detector = new ProblemDetector(this.#nature, machine)
    detector.install()
    const zone = options.node.labels['topology.kubernetes.io/zone'] ?? ''
    const runtime = new ContainerRuntime(this.#nature, { machine, kubelet, detector })
    const host = { machine, kubelet, detector, runtime, zone }
    this.#hosts.set(machine.name, host)
    if (begins === 'Running') machine.startRunning()
    return host
  }

  /** Given back to whoever it was rented from: it is nobody's any more when it goes off. */
  remove(name: string): void {
    const host = this.#hosts.get(name)
    this.#hosts.delete(name)
    host?.machine.turnOff()
  }
}
