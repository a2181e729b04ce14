import type { QuerySettings } from '../../domain/detect/sources/threshold.ts'
import { safeText } from '../../kernel/hostile-text.ts'
import type { Log } from '../../ports/journal.ts'
import type { MetricIndex } from './metric-index.ts'

/**
 * Says once of every query that some of its series are about no node we know, or about a name that two nodes bear: they are
 * dropped, and no node is guessed. Forgotten when it is over, so that it is told again when it comes back.
 */
export class StraySeries {
  readonly #log: Pick<Log, 'warn'>
  readonly #told = new Map<string, string>()

  constructor({ log }: { readonly log: Pick<Log, 'warn'> }) {
    this.#log = log
  }

  report(key: string, { expr }: QuerySettings, { unnamed, unknown, namesakes }: MetricIndex): void {
    const problem = [
      ...(unnamed === 0 ? [] : ['without a label that names a node']),
      ...(unknown === 0 ? [] : ['of unknown nodes']),
      ...(namesakes.size === 0 ? [] : ['of what several nodes are called']),
    ].join(', ')
    const isKnown = (this.#told.get(key) ?? '') === problem
    this.#told.set(key, problem)
    if (problem === '' || isKnown) return
    const examples = [...namesakes].slice(0, examplesMax).map((name) => safeText(name, 64))
    this.#log.warn('Dropped series without a node', {
      expr: safeText(expr),
      series: problem,
      unnamed,
      unknown,
      examples,
    })
  }
}

const examplesMax = 5
