import { at, textAt } from '../../src/kernel/json.ts'
import { accepted, generationOf, statusOf } from './answers.ts'
import type { Answer, Client, Query } from './client.ts'
import { budgetsOf, type Fields, fresh, pod, podsOf, runningPod } from './objects.ts'

/** Pods and budgets of one namespace. No disruption controller runs: the case itself writes what that would report. */
export class BudgetedPlace {
  readonly namespace: string
  readonly #client: Client

  constructor(client: Client, namespace: string) {
    this.#client = client
    this.namespace = namespace
  }

  pod(name: string): string {
    return `${podsOf(this.namespace)}/${name}`
  }

  budget(name: string): string {
    return `${budgetsOf(this.namespace)}/${name}`
  }

  /** A pod of the application `web`, bound, running and Ready. */
  run(name: string): Promise<Answer> {
    const parts = { metadata: { labels: { app: 'web' } }, spec: { nodeName: fresh('node') } }
    return runningPod(this.#client, podsOf(this.namespace), pod(name, parts))
  }

  /** A budget for `web` that has been observed: two healthy pods of which one must stay, unless said otherwise. */
  async guard(name: string, status: Fields, spec: Fields = {}): Promise<void> {
    const fields = { minAvailable: 1, selector: { matchLabels: { app: 'web' } }, ...spec }
    const created = await this.#client.create(budgetsOf(this.namespace), { metadata: { name }, spec: fields })
    const observedGeneration = generationOf(accepted(created))
    const counts = { observedGeneration, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, ...status }
    accepted(await this.#client.mergePatch(`${this.budget(name)}/status`, { status: counts }))
  }

  evict(name: string, deleteOptions: Fields = {}, query: Query = {}): Promise<Answer> {
    const metadata = { name, namespace: this.namespace }
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions }
    return this.#client.create(`${this.pod(name)}/eviction`, eviction, query)
  }

  /** What the budget still allows. */
  async allowed(name: string): Promise<unknown> {
    return at(statusOf(await this.#client.get(this.budget(name))), 'disruptionsAllowed')
  }

  async terminates(name: string): Promise<boolean> {
    const { body } = await this.#client.get(this.pod(name))
    return textAt(body, 'metadata', 'deletionTimestamp') !== undefined
  }
}
