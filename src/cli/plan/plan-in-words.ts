import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { GateAnswer } from '../../api/v1alpha1/schema.ts'
import { type Instant, rfc3339 } from '../../kernel/time.ts'
import { table } from '../output/table.ts'

/** A plan for people: what the drain meets, which gates hold. */
export function planInWords({ spec, status }: NodeRemediation, now: Instant): readonly string[] {
  const { drain, gates } = status
  const rows = [
    [
      'evict',
      String(drain === undefined ? 0 : drain.total - drain.terminating - blockedCount(drain)),
      'leave by eviction, under their budgets',
    ],
    ['terminating', String(drain?.terminating ?? 0), 'are going already'],
    ...(drain?.blocked ?? []).map(({ reason, message, pods, count }) => [
      'blocked',
      String(count),
      `${reason}: ${message} (${pods.join(', ')})`,
    ]),
    ['skip', String(drain?.skipped ?? 0), 'DaemonSet, mirror and finished pods'],
  ].filter(([, count]) => count !== '0')
  const ladder = (spec?.treatments ?? []).map(({ name }) => name).join(', then ')
  return [
    `Plan ${status.planHash ?? '<unknown>'} for node ${spec?.node.name ?? '<unknown>'}, made ${rfc3339(now)}. Nothing was changed.`,
    `Policy    ${spec?.policyName ?? '<unknown>'}   Ladder: ${ladder}`,
    ...(rows.length === 0 ? ['Pods      none would have to leave'] : table(['OUTCOME', 'PODS', 'DETAIL'], rows)),
    ...gatesInWords(gates),
  ]
}

const blockedCount = (drain: NonNullable<NodeRemediation['status']['drain']>): number =>
  drain.blocked.reduce((sum, { count }) => sum + count, 0)

function gatesInWords(gates: readonly GateAnswer[]): readonly string[] {
  const passing = gates.filter(({ result }) => result === 'Pass').length
  const rest = gates.filter(({ result }) => result !== 'Pass')
  return [
    `Gates     ${passing} Pass, ${rest.length} not`,
    ...rest.map(({ gate, result, reason, message }) => `  ${result}  ${gate}  ${reason ?? ''}: ${message ?? ''}`),
  ]
}
