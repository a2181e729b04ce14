import { expect, test } from 'vitest'
import { ledgerKind } from '../api/v1alpha1/disruption-ledger.ts'
import { runKind } from '../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../api/v1alpha1/node-remediation-policy.ts'
import { runSpec } from '../domain/remediation/observation.fixture.ts'
import type { Json } from '../kernel/json.ts'
import { MetricsRegistry } from '../runtime/metrics-registry.ts'
import { showFleet, showProcess } from './own-metrics.ts'
import { FakeWatched } from './watched.fixture.ts'

test('a process shows whether it leads, what disturbed it, and what it lost', () => {
  const meter = new MetricsRegistry()
  let remainingMs = -1
  const health = { numbers: () => ({ stalls: 1, jumps: 2, outages: 3, longestStallMs: 4_500 }) }
  const listeners = [{ defects: 2 }, { defects: 3 }]
  showProcess(meter, { leadership: { remainingMs: () => remainingMs }, health, events: { lost: 7 }, listeners })
  const lines = () => meter.text().split('\n')
  expect(lines()).toContain('prunella_leading 0')
  remainingMs = 1
  expect(lines()).toContain('prunella_leading 1')
  for (const line of [
    'prunella_disturbances_total{kind="Stall"} 1',
    'prunella_disturbances_total{kind="ClockJump"} 2',
    'prunella_disturbances_total{kind="Outage"} 3',
    'prunella_longest_stall_seconds 4.5',
    'prunella_events_lost_total 7',
    'prunella_defects_total{part="informers"} 5',
  ])
    expect(lines()).toContain(line)
})

/** Two policies, of which one has a quarantined run and a rehearsal, and a run of a policy that has gone. */
function fleet({ hasSynced = true } = {}) {
  const meter = new MetricsRegistry()
  const runs = new FakeWatched(runKind, { node: () => [], policy: () => [] })
  const policies = new FakeWatched(policyKind, {})
  const ledgers = new FakeWatched(ledgerKind, {})
  for (const name of ['web', 'gpu']) policies.put({ metadata: { name }, spec: {} })
  const run = (name: string, { policyName = 'web', dryRun = false, step = 'Quarantined' }) =>
    runs.put({
      metadata: { name },
      spec: { ...runSpec(), policyName, dryRun },
      status: { step: { name: step, since: '2026-11-21T10:00:00Z' } },
    })
  run('r1', {})
  run('r2', { dryRun: true })
  run('r3', { step: 'Done' })
  run('r4', { policyName: 'gone', step: 'Releasing' })
  const full = <Watched extends object>(watched: Watched) => Object.assign(watched, { hasSynced: () => hasSynced })
  showFleet(meter, { runs: full(runs), policies: full(policies), ledgers: full(ledgers) })
  const ledger = (spec: Json) => ledgers.put({ metadata: { name: 'cluster' }, spec })
  return { ledger, lines: () => meter.text().split('\n') }
}

test('runs are shown by where they stand, rehearsals and those that are over are not', () => {
  const { lines } = fleet()
  expect(lines().filter((line) => line.startsWith('prunella_runs_active') && !line.endsWith(' 0'))).toEqual([
    'prunella_runs_active{policy="gone",step="release"} 1',
    'prunella_runs_active{policy="web",step="quarantine"} 1',
  ])
  expect(lines()).toContain('prunella_runs_active{policy="gpu",step="treat"} 0')
})

test('slots and breakers are shown as the ledger has them, and not at all without one', () => {
  const { ledger, lines } = fleet()
  expect(lines().join()).not.toContain('prunella_breaker_open')
  expect(lines().join()).not.toContain('prunella_slots_used')
  const at = '2026-11-21T10:00:00Z'
  const slot = {
    runUID: 'u',
    runName: 'r1',
    policyName: 'web',
    nodeName: 'n',
    nodeUID: 'n',
    class: 'Fault',
    claimTime: at,
  }
  const trip = { tripID: 't', tripTime: at, input: 'MaxUnhealthy', message: '3 of 4' }
  ledger({
    slots: [slot],
    breakers: [
      { scope: '', state: 'Open', ...trip },
      { scope: 'web', state: 'Acknowledged', ...trip },
    ],
  })
  for (const line of [
    'prunella_slots_used{policy="web"} 1',
    'prunella_slots_used{policy="gpu"} 0',
    'prunella_breaker_open{scope="cluster",policy=""} 1',
    'prunella_breaker_open{scope="policy",policy="web"} 0',
    'prunella_breaker_open{scope="policy",policy="gpu"} 0',
  ])
    expect(lines()).toContain(line)
})

test('a cache that is not filled shows nothing of the fleet', () => {
  const { ledger, lines } = fleet({ hasSynced: false })
  ledger({})
  expect(lines().join('')).toBe('')
})
