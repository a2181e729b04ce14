import type { PolicySpec } from '../../../api/v1alpha1/node-remediation-policy.ts'
import { nearest } from '../../../kernel/nearest.ts'
import { knownConditions } from './condition-types.ts'
import { type LintFinding, warning } from './finding.ts'

/** Conditions that nobody is known to write, and statuses that mean health. Who has writers of his own may pass over this. */
export const conditionFindings = ({ signals }: PolicySpec): readonly LintFinding[] =>
  signals.flatMap(({ nodeCondition }, index) => {
    if (nodeCondition === undefined) return []
    const { type, status } = nodeCondition
    const field = `spec.signals[${index}].nodeCondition`
    const known = Object.hasOwn(knownConditions, type) ? knownConditions[type] : undefined
    if (known === undefined) {
      const meant = nearest(type, Object.keys(knownConditions))
      const hint = meant === undefined ? '' : `; did you mean '${meant}'?`
      return [warning('unknown-condition', `${field}.type`, `nobody is known to write the condition '${type}'${hint}`)]
    }
    if (known.trouble.includes(status)) return []
    const writers = known.writers.join(', ')
    const trouble = known.trouble.map((one) => `'${one}'`).join(' or ')
    const message = `'${status}' of ${type} does not mean trouble: ${writers} says ${trouble} then`
    return [warning('healthy-status', `${field}.status`, message)]
  })
