import { type DisruptionBudget, disruptionBudgetKind } from '../api/core/neighbours.ts'
import type { BudgetsSeen } from '../domain/drain/pod-budgets.ts'
import { type Mono, minutes, seconds } from '../kernel/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterReader } from '../ports/cluster.ts'
import { causeText } from '../runtime/complaint.ts'
import type { ServedInformer } from '../runtime/served-informer.ts'

interface BudgetPorts {
  readonly clock: Pick<Clock, 'mono'>
  readonly reader: Pick<ClusterReader, 'list'>
  /** The watch over all namespaces. */
  readonly watched: Pick<ServedInformer<DisruptionBudget, 'namespace'>, 'byIndex' | 'problem'>
}

interface Read {
  readonly at: Mono
  /** Undefined: it could not be read. */
  readonly budgets: readonly DisruptionBudget[] | undefined
  readonly problem: string
}

/** Nodes in trouble are looked at every few seconds; a budget is asked again by the eviction itself. */
const readAgainMs = seconds(30)
const believedForMs = minutes(2)
const readsAtOnceMax = 4

/**
 * The budgets of some namespaces. Where they may not be listed for the whole cluster, each namespace is read by itself as it is asked
 * for, so that one that stays closed holds only the nodes with pods in it. Nobody waits for a read: the next look has it.
 */
export class Budgets {
  readonly #ports: BudgetPorts
  readonly #reads = new Map<string, Read>()
  readonly #reading = new Set<string>()

  constructor(ports: BudgetPorts) {
    this.#ports = ports
  }

  readonly of = (namespaces: Iterable<string>): BudgetsSeen => {
    const { watched } = this.#ports
    const problem = watched.problem()
    const budgets: DisruptionBudget[] = []
    const unread: Record<string, string> = {}
    for (const namespace of namespaces) {
      const known = problem === undefined ? watched.byIndex('namespace', namespace) : this.#read(namespace)?.budgets
      if (known === undefined) unread[namespace] = this.#read(namespace)?.problem ?? problem ?? ''
      else budgets.push(...known)
    }
    return { budgets, unread }
  }

  #read(namespace: string): Read | undefined {
    const now = this.#ports.clock.mono()
    const read = this.#reads.get(namespace)
    if (read === undefined || now - read.at >= readAgainMs) this.#ask(namespace)
    return read !== undefined && now - read.at < believedForMs ? read : undefined
  }

  #ask(namespace: string): void {
    if (this.#reading.has(namespace) || this.#reading.size >= readsAtOnceMax) return
    this.#reading.add(namespace)
    this.#forgetOld()
    void this.#list(namespace)
  }

  async #list(namespace: string): Promise<void> {
    const { reader, clock } = this.#ports
    const read = await reader.list(disruptionBudgetKind, { namespace }).then(
      (budgets) => ({ budgets, problem: '' }),
      (error: unknown) => ({ budgets: undefined, problem: causeText(error) }),
    )
    this.#reading.delete(namespace)
    this.#reads.set(namespace, { at: clock.mono(), ...read })
  }

  #forgetOld(): void {
    const now = this.#ports.clock.mono()
    for (const [namespace, { at }] of this.#reads) if (now - at >= believedForMs) this.#reads.delete(namespace)
  }
}
