import { type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import { later, parseTime, seconds } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import type { PodIdentity } from '../events.ts'
import {
  annotationsOf,
  controllerOf,
  isFinished,
  isReady,
  isTerminating,
  phaseOf,
  podIdentity,
  refOf,
  uidOf,
} from '../fields.ts'
import { KeyQueue } from '../key-queue.ts'
import { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'
import { type CommandEnd, carryOut, nodeCommandOf } from './node-command.ts'
import type { NodeIdentity } from './node-status.ts'
import {
  evictedStatus,
  type Finished,
  finishedStatus,
  type PodPlace,
  restartingStatus,
  runningStatus,
  stoppingStatus,
  waitingStatus,
} from './pod-status.ts'
import type { Services } from './services.ts'
import { VolumesInUse } from './volumes-in-use.ts'

/** On a pod: how long its processes take to stop, where that is not the ordinary time. */
export const stopSecondsAnnotation = 'world.prunella.dev/stop-seconds'

/** How often a pod that waits for its volumes is looked at. */
const mountPollMs = seconds(2)

/** How often a container is looked at whose machine stands still. */
const hungPollMs = seconds(1)

/** How long the script of a job takes before it does what it does. */
const commandMs = seconds(1)

interface Process {
  readonly pod: PodIdentity
  state: 'Starting' | 'Running' | 'Stopping' | 'Exited'
  /** How its container ended by itself. */
  finished?: Finished
}

interface PodRunnerOptions {
  readonly machine: Machine
  readonly node: NodeIdentity
  readonly services: Services
}

/** What a kubelet never stops to save its node. */
const isSpared = (pod: JsonObject): boolean =>
  controllerOf(pod)?.kind === 'DaemonSet' || textAt(pod, 'spec', 'priorityClassName') === 'system-node-critical'

/** The processes of pods on one machine, and the part of the kubelet that makes them agree with the API server. */
export class PodRunner {
  readonly #nature: Nature
  readonly #machine: Machine
  readonly #node: NodeIdentity
  readonly #services: Services
  readonly #api: WorldClient
  readonly #processes = new Map<string, Process>()
  readonly #volumes: VolumesInUse
  #life: Lifetime
  #queue: KeyQueue
  #addresses = 0
  /** What the containers of every pod wait for; undefined: for nothing. */
  #ailment: string | undefined
  #startsPods = true
  /** Containers outlive a kubelet that hangs or starts anew, and end with the machine. */
  #containers: Lifetime

  constructor(nature: Nature, { machine, node, services }: PodRunnerOptions) {
    this.#nature = nature
    this.#machine = machine
    this.#node = node
    this.#services = services
    this.#containers = new Lifetime(nature.timers)
    this.#api = nature.as(`system:node:${node.name}`)
    this.#volumes = new VolumesInUse(nature, machine)
    this.#life = new Lifetime(nature.timers)
    this.#life.end()
    this.#queue = this.#newQueue()
    nature.objects.onPodOf(node.name, ({ object }) => this.#queue.add(uidOf(object)))
  }

  /** Pods whose processes really run here. */
  get running(): readonly PodIdentity[] {
    return [...this.#processes.values()]
      .filter(({ state }) => state === 'Running' || state === 'Stopping')
      .map(({ pod }) => pod)
  }

  /** No container can be run here any more, for this reason; undefined, or a boot: they can. */
  ail(reason: string | undefined): void {
    this.#ailment = reason
    for (const process of this.#processes.values()) {
      const pod = this.#podOf(process)
      if (pod === undefined || process.state !== 'Running') continue
      if (reason === undefined) this.#queue.add(process.pod.uid)
      else this.#writeStatus(pod, waitingStatus(pod, reason, this.#machine.clock))
    }
  }

  /** Whether the runtime makes new containers at all. Those that run go on. */
  setStarting(startsPods: boolean): void {
    this.#startsPods = startsPods
  }

  /** Pods of workloads are stopped to save the node, as far as there are so many. */
  evict(count: number): void {
    const running = [...this.#processes.values()].filter(({ state }) => state === 'Running')
    const victims = running.flatMap((process) => {
      const pod = this.#podOf(process)
      return pod === undefined || isSpared(pod) ? [] : [{ process, pod }]
    })
    for (const { process, pod } of victims.slice(0, count)) {
      this.#ended(process)
      this.#writeStatus(pod, evictedStatus(pod, this.#machine.clock))
    }
  }

  /** Begins to look again: after a boot, a hang, or a time without connection. */
  go(): void {
    this.#life.end()
    this.#life = new Lifetime(this.#nature.timers)
    this.#queue = this.#newQueue()
    for (const process of this.#processes.values()) {
      if (process.state === 'Starting') this.#processes.delete(process.pod.uid)
      if (process.state === 'Stopping') process.state = 'Running'
      this.#queue.add(process.pod.uid)
    }
    this.#volumes.post()
    for (const pod of this.#nature.objects.podsOn(this.#node.name)) this.#queue.add(uidOf(pod))
  }

  /** Nothing is looked at any more; what runs, runs. */
  freeze(): void {
    this.#life.end()
  }

  /** The machine lost power or booted. */
  die(): void {
    this.#life.end()
    for (const pod of this.running) this.#nature.tell({ kind: 'ProcessKilled', machine: this.#machine.name, pod })
    this.#processes.clear()
    this.#containers.end()
    this.#containers = new Lifetime(this.#nature.timers)
    this.#volumes.forget()
    this.#ailment = undefined
  }

  #newQueue(): KeyQueue {
    return new KeyQueue(this.#nature, {
      actor: `kubelet ${this.#node.name}`,
      timers: this.#life,
      reconcile: (uid) => this.#look(uid),
    })
  }

  #look(uid: string): void {
    if (!this.#machine.isConnected) return
    const pod = this.#nature.objects.podOn(this.#node.name, uid)
    const process = this.#processes.get(uid)
    if (pod === undefined) {
      if (process === undefined) this.#volumes.unmounted(uid)
      else this.#stop(process, this.#nature.timings.podStopMs)
      return
    }
    if (isTerminating(pod)) this.#terminate(pod, process)
    else if (!isFinished(pod)) this.#keepRunning(pod, process)
  }

  #keepRunning(pod: JsonObject, process: Process | undefined): void {
    if (process === undefined) this.#start(pod)
    else if (process.state === 'Exited' && process.finished !== undefined)
      this.#writeStatus(pod, finishedStatus(pod, process.finished, this.#machine.clock))
    else if (process.state === 'Running' && !isReady(pod) && this.#ailment === undefined)
      this.#writeStatus(pod, runningStatus(pod, this.#place(pod)))
  }

  #start(pod: JsonObject): void {
    const isStale = phaseOf(pod) === 'Running'
    if (isStale && textAt(pod, 'spec', 'restartPolicy') === 'Never') {
      this.#writeStatus(pod, finishedStatus(pod, { exitCode: 255 }, this.#machine.clock))
      return
    }
    if (isStale) this.#writeStatus(pod, restartingStatus(pod, this.#place(pod)))
    if (!this.#startsPods || !this.#volumes.mayMount(pod)) {
      this.#queue.add(uidOf(pod), mountPollMs)
      return
    }
    const process: Process = { pod: podIdentity(pod), state: 'Starting' }
    this.#processes.set(process.pod.uid, process)
    this.#life.after(this.#nature.timings.podStartMs, () => this.#run(process))
  }

  #run(process: Process): void {
    const pod = this.#podOf(process)
    if (pod === undefined || isTerminating(pod)) {
      this.#processes.delete(process.pod.uid)
      this.#queue.add(process.pod.uid)
      return
    }
    process.state = 'Running'
    this.#nature.tell({ kind: 'ProcessStarted', machine: this.#machine.name, pod: process.pod })
    const ailment = this.#ailment
    if (ailment === undefined) this.#writeStatus(pod, runningStatus(pod, this.#place(pod)))
    else this.#writeStatus(pod, waitingStatus(pod, ailment, this.#machine.clock))
    if (textAt(pod, 'spec', 'restartPolicy') !== 'Always')
      this.#inContainer(process, commandMs, () => this.#runCommand(process))
  }

  /** What a pod of a job does: its order, or nothing of interest. */
  #runCommand(process: Process): void {
    const pod = this.#podOf(process)
    if (pod === undefined || process.state !== 'Running') return
    const command = nodeCommandOf(pod)
    if (command === undefined) {
      this.#exit(process, { exitCode: 0 })
      return
    }
    const told = { machine: this.#machine.name, pod: process.pod }
    carryOut(command, {
      machine: this.#machine,
      services: this.#services,
      after: (ms, fire) => this.#inContainer(process, ms, fire),
      began: () => this.#nature.tell({ kind: 'NodeCommandBegan', ...told, task: command.task }),
      ended: ({ outcome, result }: CommandEnd) => {
        this.#nature.tell({ kind: 'NodeCommandRan', ...told, outcome })
        if (result === undefined) return
        this.#exit(process, { exitCode: result.error === undefined ? 0 : 1, message: JSON.stringify(result) })
      },
    })
  }

  /** A machine that hangs runs no container; one that has gone on goes on with them. */
  #inContainer(process: Process, ms: number, fire: () => void): void {
    this.#containers.after(ms, () => {
      if (this.#processes.get(process.pod.uid) !== process || process.state !== 'Running') return
      if (this.#machine.state === 'Running') fire()
      else this.#inContainer(process, hungPollMs, fire)
    })
  }

  #exit(process: Process, finished: Finished): void {
    process.finished = finished
    this.#ended(process)
    // Whoever does not look now sees it when it does.
    const pod = this.#life.hasEnded ? undefined : this.#podOf(process)
    if (pod !== undefined) this.#writeStatus(pod, finishedStatus(pod, finished, this.#machine.clock))
  }

  #terminate(pod: JsonObject, process: Process | undefined): void {
    if (process === undefined || process.state === 'Exited') this.#confirmDelete(pod)
    if (process?.state !== 'Running') return
    if (isReady(pod)) this.#writeStatus(pod, stoppingStatus(pod, this.#machine.clock))
    this.#stop(process, this.#stopMs(pod))
  }

  #stop(process: Process, ms: number): void {
    if (process.state === 'Stopping' || process.state === 'Exited') return
    process.state = 'Stopping'
    this.#life.after(ms, () => {
      this.#ended(process)
      const pod = this.#podOf(process)
      if (pod !== undefined && isTerminating(pod)) this.#queue.add(process.pod.uid, 0)
      else this.#processes.delete(process.pod.uid)
    })
  }

  #ended(process: Process): void {
    process.state = 'Exited'
    this.#nature.tell({ kind: 'ProcessExited', machine: this.#machine.name, pod: process.pod })
    this.#volumes.unmounted(process.pod.uid)
  }

  /** The containers are gone: only now may the object go. */
  #confirmDelete(pod: JsonObject): void {
    this.#processes.delete(uidOf(pod))
    this.#volumes.unmounted(uidOf(pod))
    this.#api.delete('pods', refOf(pod), { gracePeriodSeconds: 0, uid: uidOf(pod) })
  }

  /** Its own time, but never beyond the end of its grace. */
  #stopMs(pod: JsonObject): number {
    const { timers, timings } = this.#nature
    const own = Number(annotationsOf(pod)[stopSecondsAnnotation] ?? Number.NaN)
    const wishMs = Number.isNaN(own) ? timings.podStopMs : seconds(own)
    const graceMs = seconds(numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 30)
    const end = parseTime(textAt(pod, 'metadata', 'deletionTimestamp')) ?? later(timers.now(), graceMs)
    return Math.max(0, Math.min(wishMs, end - timers.now()))
  }

  #podOf({ pod: { uid } }: Process): JsonObject | undefined {
    return this.#nature.objects.podOn(this.#node.name, uid)
  }

  #writeStatus(pod: JsonObject, status: JsonObject): void {
    if (this.#machine.isConnected) this.#api.patchStatus('pods', refOf(pod), { status })
  }

  #place(pod: JsonObject): PodPlace {
    const known = textAt(pod, 'status', 'podIP')
    const podIP = known ?? this.#newAddress()
    return { podIP, hostIP: this.#node.internalIP, now: this.#machine.clock }
  }

  /** In the network of the node: 10.1.0.3 has its pods in 10.101.3.0/24. */
  #newAddress(): string {
    this.#addresses += 1
    const [, zone, , host] = this.#node.internalIP.split('.')
    return `10.${100 + Number(zone)}.${host}.${1 + (this.#addresses % 250)}`
  }
}
