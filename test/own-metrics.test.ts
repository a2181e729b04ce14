import { expect, test } from 'vitest'
import { customResourceDefinition } from '../src/api/crd/custom-resource-definition.ts'
import { definitions } from '../src/api/crd/definitions.ts'
import { defaultGuard, emptyLedger } from '../src/api/initial-objects.ts'
import { controllerNames } from '../src/api/metric-definitions.ts'
import { startOperator } from '../src/controllers/operator.ts'
import { seconds } from '../src/kernel/time.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { Loop } from '../src/sim/loop.ts'
import { World } from '../src/sim/world/world.ts'
import { metalPolicy } from './operated-cluster.fixture.ts'

test('an operator that runs shows all of its controllers, that it leads, and what the ledger says', async () => {
  const [loop, over] = [new Loop(), new AbortController()]
  const manifests = [...definitions.map(customResourceDefinition), emptyLedger, defaultGuard, metalPolicy()]
  const world = new World({ timers: loop, seed: 1, nodes: 2, manifests, nodeLabels: { remediable: 'true' } })
  const operator = startOperator(
    {
      clock: loop.clock,
      transport: inProcessTransport(world.server),
      power: world.power,
      alerts: [world.alertmanager.alerts],
      log: new FakeLog(),
      journal: { append: () => {} },
    },
    {
      identity: 'operator',
      seed: 1,
      namespace: 'prunella-system',
      nodeJobImage: 'registry.example/node-job@sha256:0',
      alertPollSeconds: 15,
      powerGuardGapSeconds: 30,
    },
    over.signal,
  )
  await loop.runFor(seconds(30))
  const lines = operator.metricsText().split('\n')
  over.abort()
  await loop.runFor(seconds(1))
  await operator.done
  for (const controller of controllerNames) {
    expect(lines).toContain(`prunella_workqueue_longest_running_seconds{controller="${controller}"} 0`)
    expect(lines).toContain(`prunella_defects_total{part="${controller}"} 0`)
  }
  for (const line of [
    'prunella_leading 1',
    'prunella_breaker_open{scope="cluster",policy=""} 0',
    'prunella_slots_used{policy="metal"} 0',
    'prunella_runs_active{policy="metal",step="quarantine"} 0',
    'prunella_events_lost_total 0',
  ])
    expect(lines).toContain(line)
})
