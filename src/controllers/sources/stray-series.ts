import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { Log } from '../../ports/journal.ts'
import type { MetricIndex } from './metric-index.ts'

interface StrayPorts {
  readonly log: Log
  readonly isNode: (name: string) => boolean
}

/**
 * Says once of every query that some of its series are about no node we know, or about a name that two nodes bear: they are
 * dropped, and no node is guessed. Forgotten when it is over, so that it is told again when it comes back.
 */
export class StraySeries {
  readonly #ports: StrayPorts
  readonly #told = new Map<string, string>()

  constructor(ports: StrayPorts) {
    this.#ports = ports
  }

  report(key: string, { expr }: QuerySettings, { byNode, unnamed, namesakes }: MetricIndex): void {
    const { log, isNode } = this.#ports
    const unknown = [...byNode.keys()].filter((name) => !isNode(name))
    const problem = [
      ...(unnamed === 0 ? [] : ['without a label that names a node']),
      ...(unknown.length === 0 ? [] : ['of unknown nodes']),
      ...(namesakes.length === 0 ? [] : ['of nodes of one name in several clusters']),
    ].join(', ')
    const isKnown = (this.#told.get(key) ?? '') === problem
    this.#told.set(key, problem)
    if (problem === '' || isKnown) return
    const examples = [...unknown, ...namesakes].slice(0, examplesMax).map((name) => safeText(name, 64))
    log.warn('Dropped series without a node', { expr: safeText(expr), series: problem, unnamed, examples })
  }
}

const examplesMax = 5
