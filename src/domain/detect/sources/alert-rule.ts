import type { SignalOf } from '../../../api/v1alpha1/signal.ts'
import { instant, later, rfc3339, seconds } from '../../../kernel/time.ts'
import { parsePromql } from '../../policy/promql.ts'
import type { AlertRuleSeen } from '../sources-seen.ts'
import type { ClearedAnswer, Clearing } from './source.ts'

/**
 * Whether the rule of an alert, in every Prometheus that has one, was evaluated after the treatment without finding fault with the
 * node. Many stock rules leave out cordoned nodes: ours is one, so their silence says nothing.
 */
export function clearedByRule({ alert }: SignalOf<'alert'>, { sources, treatedAt }: Clearing): ClearedAnswer {
  const seen = sources.rules[alert.name]
  if (seen === undefined) return { cleared: false, message: `the rule of ${alert.name} has not been asked for` }
  if (seen.kind === 'Unavailable') return { cleared: false, message: `the rule of ${alert.name}: ${seen.message}` }
  if (seen.rules.length === 0) return { cleared: false, message: `no Prometheus has a rule of the name ${alert.name}` }
  const problems = seen.rules.flatMap((rule) => {
    const problem = problemOf(rule, treatedAt)
    return problem === undefined ? [] : [`the rule of ${alert.name} at ${rule.server} ${problem}`]
  })
  const [first] = problems.toSorted()
  if (first !== undefined) return { cleared: false, message: first }
  const evaluatedAt = instant(Math.min(...seen.rules.map((rule) => rule.evaluatedAt ?? 0)))
  return { cleared: true, message: `its rule found no fault at ${rfc3339(evaluatedAt)}` }
}

function problemOf(rule: AlertRuleSeen, treatedAt: Clearing['treatedAt']): string | undefined {
  if (rule.accuses) return 'still accuses the node, or one that it does not name'
  if (mutesCordoned(rule.expr)) return 'leaves out cordoned nodes: its silence shows nothing'
  if (!rule.isHealthy) return 'could not be evaluated'
  const read = parsePromql(rule.expr)
  // A rate that is taken for the present shows the time before the treatment.
  if (!read.ok) return 'cannot be read, so nobody knows how far it looks back'
  const due = later(treatedAt, seconds(read.value.lookbackSeconds))
  if (rule.evaluatedAt !== undefined && rule.evaluatedAt > due) return undefined
  const at = rule.evaluatedAt === undefined ? 'never' : `last at ${rfc3339(rule.evaluatedAt)}`
  return `was evaluated ${at}, and not since ${rfc3339(due)}`
}

/** `kube_node_spec_unschedulable`, and the taint that Kubernetes sets beside it. */
const mutesCordoned = (expr: string): boolean => /unschedulable/i.test(expr)
