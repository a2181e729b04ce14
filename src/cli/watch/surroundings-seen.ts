import { disruptionBudgetKind } from '../../api/core/neighbours.ts'
import { nodeKind } from '../../api/core/node.ts'
import { type Pod, podKind } from '../../api/core/pod.ts'
import type { NodeRemediation, RunSpec, StepName } from '../../api/v1alpha1/node-remediation.ts'
import { type PolicySpec, policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { RunSeenAround } from '../../domain/explain/run-tree.ts'
import { drainOutlook } from '../../domain/surroundings/drain-outlook.ts'
import { type Mono, seconds } from '../../kernel/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { isOutage, RefusedError } from '../../ports/errors.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { GlobalOptions } from '../context.ts'
import { type OperatorSeen, readOperator } from '../operator-lease.ts'
import { InBackground } from './in-background.ts'

type Around = Pick<RunSeenAround, 'node' | 'policy' | 'pods' | 'drain'>

const nothingSeen: Around = { node: undefined, policy: undefined, pods: undefined, drain: undefined }

/** Pods go within seconds; nobody reads faster. */
const lookEveryMs = seconds(2)

/** What a run does not tell of itself: read only while its step makes it worth knowing, and never in the way of the run. */
export class SurroundingsSeen {
  readonly #clock: Clock
  readonly #cluster: ClusterReader
  readonly #options: GlobalOptions
  readonly #problems = new Map<string, string>()
  readonly #reads = new InBackground()
  #around = nothingSeen
  #policy: PolicySpec | undefined
  #operator: OperatorSeen = { kind: 'Unreadable' }
  #lookedAt: Mono | undefined
  #lookedIn = ''

  constructor(clock: Clock, cluster: ClusterReader, options: GlobalOptions) {
    this.#clock = clock
    this.#cluster = cluster
    this.#options = options
  }

  get around(): Around {
    return this.#around
  }

  get operator(): OperatorSeen {
    return this.#operator
  }

  /** What this caller may not read, with what it would have shown. */
  get problems(): readonly string[] {
    return [...this.#problems.values()]
  }

  /** Begins to look where that is due. Nobody waits for it: what it finds is shown the next time. */
  look(run: NodeRemediation): void {
    const step = run.status.step?.name ?? 'Approving'
    const now = this.#clock.mono()
    if (this.#lookedAt !== undefined && now - this.#lookedAt < lookEveryMs && this.#lookedIn === step) return
    this.#lookedAt = now
    this.#lookedIn = step
    const { spec } = run
    if (spec !== undefined) this.#reads.start(async () => await this.#read(spec, step))
  }

  async #read({ policyName, node }: RunSpec, step: StepName): Promise<void> {
    const policy = await this.#readPolicy(policyName)
    const operator = await this.#tolerated(
      'operator',
      async () => await readOperator(this.#cluster, this.#clock, this.#options),
    )
    this.#operator = operator ?? this.#operator
    this.#around = { ...nothingSeen, policy, ...(await this.#atNode(node.name, step)) }
  }

  /** Once: what the run does was fixed when it began. */
  async #readPolicy(name: string): Promise<PolicySpec | undefined> {
    const read = async () => await this.#cluster.get(policyKind, { name })
    this.#policy ??= (await this.#tolerated('policy', read))?.spec
    return this.#policy
  }

  async #atNode(name: string, step: StepName): Promise<Partial<Around>> {
    if (step === 'Draining') return await this.#drain(name)
    if (step !== 'Treating' && step !== 'Verifying') return {}
    return { node: await this.#tolerated('node', async () => await this.#cluster.get(nodeKind, { name })) }
  }

  async #drain(nodeName: string): Promise<Partial<Around>> {
    const query = { fieldSelector: `spec.nodeName=${nodeName}` }
    const pods = await this.#tolerated(
      'pods',
      async (): Promise<readonly Pod[]> => await this.#cluster.list(podKind, query),
    )
    const budgets = await this.#tolerated('budgets', async () => await this.#cluster.list(disruptionBudgetKind))
    if (pods === undefined) return {}
    return { pods, ...(budgets === undefined ? {} : { drain: drainOutlook(pods, { budgets, unread: {} }) }) }
  }

  /** What is forbidden is not asked again; an outage is told by the run itself. */
  async #tolerated<Value>(what: string, read: () => Promise<Value>): Promise<Value | undefined> {
    if (this.#problems.has(what)) return undefined
    try {
      return await read()
    } catch (error) {
      if (error instanceof RefusedError) this.#problems.set(what, `not shown: ${what} (${causeText(error)})`)
      else if (!isOutage(error)) throw error
      return undefined
    }
  }
}
