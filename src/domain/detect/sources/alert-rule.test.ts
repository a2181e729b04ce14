import { expect, test } from 'vitest'
import { type Signal, signalSchema } from '../../../api/v1alpha1/signal.ts'
import { clearedOf } from '../claim.ts'
import { after, alertFor, alertsKnown, noon } from '../evidence.fixture.ts'
import type { AlertRuleSeen, AlertRulesSeen } from '../sources-seen.ts'
import { look } from './look.fixture.ts'

const signal: Signal = signalSchema.parse({
  name: 'cpuSaturated',
  alert: { name: 'NodeCPUSaturated', clearedBy: 'RuleEvaluation' },
})

const rule = (unusual: Partial<AlertRuleSeen> = {}): AlertRuleSeen => ({
  server: 'prometheus',
  expr: 'node_cpu_busy_ratio > 0.95',
  isHealthy: true,
  evaluatedAt: after(10),
  accuses: false,
  ...unusual,
})

const known = (...rules: readonly AlertRuleSeen[]): AlertRulesSeen => ({ kind: 'Known', rules })

const clearedBy = (rules: AlertRulesSeen | undefined, asked: Signal = signal, alerts = alertsKnown([], 10)) => {
  const sources = { alerts, rules: rules === undefined ? {} : { NodeCPUSaturated: rules } }
  return clearedOf(asked, { ...look({}, sources), treatedAt: noon, bootChanged: false, pods: [] })
}

test('a rule that was evaluated after the treatment and finds no fault clears its alert', () => {
  expect(clearedBy(known(rule()))).toMatchObject({ cleared: true })
  expect(clearedBy(known(rule(), rule({ server: 'two' })))).toMatchObject({ cleared: true })
})

test.each<readonly [string, AlertRulesSeen | undefined, string]>([
  ['was not asked for', undefined, 'the rule of NodeCPUSaturated has not been asked for'],
  ['cannot be asked for', { kind: 'Unavailable', message: 'prometheus: refused' }, 'prometheus: refused'],
  ['is nowhere', known(), 'no Prometheus has a rule of the name NodeCPUSaturated'],
  ['is older than the treatment', known(rule({ evaluatedAt: noon })), 'was evaluated last at 2026-11-21T12:00:00.000Z'],
  ['was never evaluated', known(rule({ evaluatedAt: undefined })), 'was evaluated never'],
  [
    'looks back to before the treatment',
    known(rule({ expr: 'rate(a[1m]) > 1' })),
    'not since 2026-11-21T12:01:00.000Z',
  ],
  ['nobody can read', known(rule({ expr: 'rate(a[1m) > 1' })), 'nobody knows how far it looks back'],
  ['fails', known(rule({ isHealthy: false })), 'could not be evaluated'],
  ['waits to fire', known(rule({ accuses: true })), 'still accuses the node'],
  [
    'leaves out cordoned nodes',
    known(rule({ expr: 'up == 0 and on (node) kube_node_spec_unschedulable == 0' })),
    'leaves out cordoned nodes',
  ],
  [
    'is old in one of two servers',
    known(rule(), rule({ server: 'two', evaluatedAt: noon })),
    'at two was evaluated last',
  ],
])('a rule that %s does not', (_, rules, message) => {
  const outcome = clearedBy(rules)
  expect(outcome.cleared).toBe(false)
  expect(outcome.message).toContain(message)
})

test('an alert that fires is not cleared, whatever its rule says', () => {
  expect(clearedBy(known(rule()), signal, alertsKnown([alertFor({})], 10)).cleared).toBe(false)
})

test('a check that is asked for as well must pass', () => {
  const both: Signal = { ...signal, clearedWhen: { healthCheck: 'Kubelet' } }
  expect(clearedBy(known(rule()), both)).toMatchObject({ cleared: false })
})
