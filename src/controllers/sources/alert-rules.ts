import type { Signal } from '../../api/v1alpha1/signal.ts'
import { namesAnyNode, nodesNamedIn } from '../../domain/detect/sources/node-identity.ts'
import type { AlertRuleSeen, AlertRulesSeen, SourcesSeen } from '../../domain/detect/sources-seen.ts'
import type { AlertRule, Metrics } from '../../ports/metrics.ts'
import { causeText } from '../../runtime/complaint.ts'
import type { Feed } from './feed.ts'
import { FreshAnswers } from './fresh-answers.ts'
import type { NamedBy } from './metric-index.ts'

type Rules = readonly { readonly server: string; readonly rule: AlertRule }[]

/** The rules of alerts, asked for where a run rests on them and never otherwise. */
export class AlertRules implements Feed {
  readonly #metrics: readonly Metrics[]
  readonly #named: NamedBy
  readonly #answers = new FreshAnswers<Rules>()

  constructor(metrics: readonly Metrics[], named: NamedBy) {
    this.#metrics = metrics
    this.#named = named
  }

  /** Nothing is kept that could change. */
  readonly onChange = (): void => {}

  readonly seen = (): Pick<SourcesSeen, 'rules'> => ({ rules: {} })

  readonly fresh = async (nodeName: string, signals: readonly Signal[]): Promise<Pick<SourcesSeen, 'rules'>> => {
    const names = signals.flatMap(({ alert }) => (alert?.clearedBy === undefined ? [] : [alert.name]))
    const asked = [...new Set(names)].map(async (name) => [name, await this.#rulesOf(name, nodeName)] as const)
    return { rules: Object.fromEntries(await Promise.all(asked)) }
  }

  async #rulesOf(name: string, nodeName: string): Promise<AlertRulesSeen> {
    if (this.#metrics.length === 0) return { kind: 'Unavailable', message: 'no Prometheus is configured' }
    try {
      const rules = await this.#answers.ask(name, async () => await this.#askAll(name))
      return { kind: 'Known', rules: rules.map((found) => this.#about(nodeName, found)) }
    } catch (error) {
      return { kind: 'Unavailable', message: causeText(error) }
    }
  }

  /** All of them, or none: the rule of a server that is silent may accuse. */
  async #askAll(name: string): Promise<Rules> {
    const answers = this.#metrics.map(async (metrics) => {
      const rules = await metrics.alertRules(name)
      return rules.map((rule) => ({ server: metrics.name, rule }))
    })
    return (await Promise.all(answers)).flat()
  }

  #about(nodeName: string, { server, rule }: Rules[number]): AlertRuleSeen {
    const { expr, isHealthy, evaluatedAt, alerts } = rule
    const { nodes, nodeLabels } = this.#named
    const accuses = alerts.some(
      ({ labels }) => !namesAnyNode(labels, nodeLabels) || nodesNamedIn(labels, nodes, nodeLabels).includes(nodeName),
    )
    return { server, expr, isHealthy, evaluatedAt, accuses }
  }
}
