import type { DrainState, NodeRemediation } from '../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../api/v1alpha1/schema.ts'
import { type Instant, rfc3339 } from '../kernel/time.ts'
import { orNone } from './output/format.ts'
import { table } from './output/table.ts'

/** A plan for people: what the drain meets, which gates hold. */
export function planInWords({ spec, status }: NodeRemediation, now: Instant): readonly string[] {
  const ladder = (spec?.treatments ?? []).map(({ name }) => name).join(', then ')
  return [
    `Plan ${orNone(status.planHash)} for node ${orNone(spec?.node.name)}, made ${rfc3339(now)}. Nothing was changed.`,
    `Policy    ${orNone(spec?.policyName)}   Ladder: ${ladder}`,
    ...(status.drain === undefined ? ['Pods      <unknown>'] : drainInWords(status.drain)),
    ...gatesInWords(status.gates),
  ]
}

function drainInWords({ total, terminating, blocked, skipped }: DrainState): readonly string[] {
  const stuck = blocked.reduce((sum, { count }) => sum + count, 0)
  const rows = [
    ['evict', total - terminating - stuck, 'leave by eviction, under their budgets'] as const,
    ['terminating', terminating, 'are going already'] as const,
    ...blocked.map(
      ({ reason, message, pods, count }) => ['blocked', count, `${reason}: ${message} (${pods.join(', ')})`] as const,
    ),
    ['skip', skipped, 'DaemonSet, mirror and finished pods'] as const,
  ]
  const shown = rows
    .filter(([, count]) => count > 0)
    .map(([outcome, count, detail]) => [outcome, String(count), detail])
  return shown.length === 0 ? ['Pods      none would have to leave'] : table(['OUTCOME', 'PODS', 'DETAIL'], shown)
}

function gatesInWords(gates: readonly GateAnswer[]): readonly string[] {
  const passed = gates.filter(({ result }) => result === 'Pass')
  const told = gates.filter((answer) => answer.result !== 'Pass' || isWaiver(answer))
  const lines = told.map(
    ({ gate, result, reason, message }) => `  ${result}  ${gate}  ${reason ?? ''}: ${message ?? ''}`,
  )
  return [`Gates     ${passed.length} Pass, ${gates.length - passed.length} not`, ...lines]
}

/** It passes although pods stand in the way, for the rung does not wait for them. */
const isWaiver = ({ numbers }: GateAnswer): boolean => (numbers?.['waived'] ?? 0) > 0
