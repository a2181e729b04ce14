import type { WorldClient } from '../../api-server/world-client.ts'
import { type Condition, withConditions } from '../conditions.ts'
import { Lifetime } from '../lifetime.ts'
import type { Nature } from '../nature.ts'
import type { Machine } from './machine.ts'

/** Permanent rules of node-problem-detector: once true, a condition stays true until the next boot. */
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

/** Reads the kernel log of its machine and writes what it finds into the conditions of the Node. */
export class ProblemDetector {
  readonly #nature: Nature
  readonly #machine: Machine
  readonly #api: WorldClient
  #life: Lifetime

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
        if (state !== 'Running') return
        this.#begin(kubeletStartMs + runtimeReadyMs + podStartMs)
      },
      kernelLogged: () => {
        if (machine.state === 'Running') this.#life.after(problemDetectionMs, () => this.#post())
      },
      connectionBecame: (isConnected) => {
        if (isConnected && machine.state === 'Running') this.#begin(0)
      },
    })
  }

  #begin(afterMs: number): void {
    this.#life.end()
    this.#life = new Lifetime(this.#nature.timers)
    this.#life.after(afterMs, () => this.#postForEver())
  }

  #postForEver(): void {
    this.#post()
    this.#life.after(this.#nature.timings.statusReportMs, () => this.#postForEver())
  }

  #post(): void {
    const { objects, timers } = this.#nature
    const { name, kernelLog, isConnected } = this.#machine
    const node = objects.get('nodes', { name })
    if (!isConnected || node === undefined) return
    const said = fine.map((ordinary) => found(ordinary, kernelLog))
    const conditions = withConditions(node, said, { now: timers.now(), heartbeat: true })
    this.#api.patchStatus('nodes', { name }, { status: { conditions } })
  }
}

function found(ordinary: Condition, kernelLog: readonly string[]): Condition {
  const rule = rules.find(({ type }) => type === ordinary.type)
  const line = kernelLog.findLast((candidate) => rule?.pattern.test(candidate) === true)
  if (rule === undefined || line === undefined) return ordinary
  return { type: rule.type, status: 'True', reason: rule.reason, message: line }
}
