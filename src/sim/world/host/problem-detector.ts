import type { Instant } from '../../../kernel/time.ts'
import { minutes } from '../../../kernel/time.ts'
import type { WorldClient } from '../../api-server/world-client.ts'
import { type Condition, withConditions } from '../conditions.ts'
import { kubeTime } from '../fields.ts'
import { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'

/** Permanent rules of node-problem-detector: once true, a condition stays true until the program starts anew. */
const rules: readonly { readonly pattern: RegExp; readonly type: string; readonly reason: string }[] = [
  { pattern: /task \S+:\w+ blocked for more than \w+ seconds\./, type: 'KernelDeadlock', reason: 'DockerHung' },
  { pattern: /Remounting filesystem read-only/, type: 'ReadonlyFilesystem', reason: 'FilesystemIsReadOnly' },
]

const fine: readonly Condition[] = [
  { type: 'KernelDeadlock', status: 'False', reason: 'KernelHasNoDeadlock', message: 'kernel has no deadlock' },
  {
    type: 'ReadonlyFilesystem',
    status: 'False',
    reason: 'FilesystemIsNotReadOnly',
    message: 'Filesystem is not read-only',
  },
]

/** How far back a log is read at the start. */
const lookbackMs = minutes(5)

/** Reads the kernel log of its machine and writes what it finds into the conditions of the Node. */
export class ProblemDetector {
  readonly #nature: Nature
  readonly #machine: Machine
  readonly #api: WorldClient
  #life: Lifetime
  #isStopped = false
  #log: readonly { readonly at: Instant; readonly line: string }[] = []
  #found = new Map<string, Condition>()
  #events = 0
  readonly #plugins: (() => Condition | undefined)[] = []

  constructor(nature: Nature, machine: Machine) {
    this.#nature = nature
    this.#machine = machine
    this.#api = nature.as('system:serviceaccount:kube-system:node-problem-detector')
    this.#life = new Lifetime(nature.timers)
  }

  install(): void {
    const machine = this.#machine
    const { kubeletStartMs, runtimeReadyMs, podStartMs, problemDetectionMs } = this.#nature.timings
    machine.install({
      stateBecame: (state) => {
        this.#life.end()
        if (state === 'Off' || state === 'Booting') this.#log = []
        if (state === 'Running') this.#begin(kubeletStartMs + runtimeReadyMs + podStartMs)
      },
      kernelLogged: (line) => {
        this.#log = [...this.#log, { at: this.#nature.timers.now(), line }]
        if (machine.state === 'Running') this.#life.after(problemDetectionMs, () => this.#readAndPost(line))
      },
      connectionBecame: (isConnected) => {
        if (isConnected && machine.state === 'Running' && !this.#isStopped) this.#postForEver()
      },
    })
  }

  /** It says nothing more; its conditions stay as they are. */
  stop(): void {
    this.#isStopped = true
    this.#life.end()
  }

  /** It knows only what its log still tells: a fault that was logged long ago is gone from its conditions, and still there. */
  restart(): void {
    this.#isStopped = false
    if (this.#machine.state === 'Running') this.#begin(this.#nature.timings.podStartMs)
  }

  /** Asked at every start; whatever it finds later it reports. Undefined: nothing to tell. */
  addPlugin(plugin: () => Condition | undefined): void {
    this.#plugins.push(plugin)
  }

  /** What a plugin of it finds, True or False. */
  report(condition: Condition): void {
    this.#found.set(condition.type, condition)
    this.#post()
  }

  /** Something that passes by. */
  event(reason: string, message: string): void {
    if (!this.#speaks()) return
    this.#events += 1
    const { name } = this.#machine
    const at = kubeTime(this.#machine.clock)
    this.#api.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'default', name: `${name}.detector.${this.#machine.boots}.${this.#events}` },
      involvedObject: { kind: 'Node', name, uid: name, apiVersion: 'v1' },
      reason,
      message,
      type: 'Warning',
      source: { component: 'kernel-monitor', host: name },
      reportingComponent: 'kernel-monitor',
      reportingInstance: name,
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    })
  }

  #begin(afterMs: number): void {
    this.#life.end()
    if (this.#isStopped) return
    this.#life = new Lifetime(this.#nature.timers)
    this.#life.after(afterMs, () => {
      const since = this.#nature.timers.now() - lookbackMs
      this.#found = new Map()
      for (const { at, line } of this.#log) if (at >= since) this.#read(line)
      for (const condition of this.#plugins.flatMap((plugin) => plugin() ?? []))
        this.#found.set(condition.type, condition)
      this.#postForEver()
    })
  }

  #postForEver(): void {
    this.#post()
    this.#life.after(this.#nature.timings.statusReportMs, () => this.#postForEver())
  }

  #readAndPost(line: string): void {
    this.#read(line)
    this.#post()
  }

  #read(line: string): void {
    const rule = rules.find(({ pattern }) => pattern.test(line))
    if (rule === undefined) return
    this.#found.set(rule.type, { type: rule.type, status: 'True', reason: rule.reason, message: line })
  }

  #post(): void {
    const { name } = this.#machine
    const node = this.#nature.objects.get('nodes', { name })
    if (!this.#speaks() || node === undefined) return
    const others = [...this.#found.values()].filter(({ type }) => fine.every((ordinary) => ordinary.type !== type))
    const said = [...fine.map((ordinary) => this.#found.get(ordinary.type) ?? ordinary), ...others]
    const conditions = withConditions(node, said, { now: this.#machine.clock, heartbeat: true })
    this.#api.patchStatus('nodes', { name }, { status: { conditions } })
  }

  #speaks(): boolean {
    return this.#machine.isConnected && this.#machine.state === 'Running' && !this.#isStopped
  }
}
