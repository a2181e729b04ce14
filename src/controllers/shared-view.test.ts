import { expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import { healthKind } from '../api/v1alpha1/node-health.ts'
import { runKind } from '../api/v1alpha1/node-remediation.ts'
import { policyKind } from '../api/v1alpha1/node-remediation-policy.ts'
import { guardKind } from '../api/v1alpha1/remediation-guard.ts'
import { pauseKind } from '../api/v1alpha1/remediation-pause.ts'
import type { JsonObject } from '../kernel/json.ts'
import { minutes } from '../kernel/time.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import type { Informers } from './informers.ts'
import { PreparedPolicies } from './prepared-policies.ts'
import { SharedView } from './shared-view.ts'
import { FakeWatched } from './watched.fixture.ts'

const fresh = { hasSynced: () => true, stalenessMs: () => 0 }

/** One policy over some nodes, as a process finds them that has just started. */
function replica({ nodes, policyStatus = {}, guardStatus = {}, pausesSilentMs = 0 }: Found) {
  const caches = {
    nodes: Object.assign(new FakeWatched(nodeKind, {}), fresh),
    health: Object.assign(new FakeWatched(healthKind, {}), fresh),
    runs: Object.assign(new FakeWatched(runKind, {}), fresh),
    policies: new FakeWatched(policyKind, {}),
    guards: new FakeWatched(guardKind, {}),
    pauses: Object.assign(new FakeWatched(pauseKind, {}), { ...fresh, stalenessMs: () => pausesSilentMs }),
  }
  caches.policies.put({ metadata: { name: 'general', generation: 2 }, spec, status: policyStatus })
  caches.guards.put({ metadata: { name: 'cluster' }, spec: {}, status: guardStatus })
  for (let index = 0; index < nodes; index += 1)
    caches.nodes.put({ metadata: { name: `node-${index}`, labels: { remediable: 'true' } } })
  const clock = new FakeClock()
  const shared = new SharedView(caches as unknown as Informers, new PreparedPolicies(caches.policies), clock)
  return { ...caches, clock, shared }
}

interface Found {
  readonly nodes: number
  readonly policyStatus?: JsonObject
  readonly guardStatus?: JsonObject
  readonly pausesSilentMs?: number
}

const spec = {
  nodeSelector: { matchLabels: { remediable: 'true' } },
  signals: [{ name: 's', nodeCondition: { type: 'Ready', status: 'Unknown' } }],
  diagnoses: [{ name: 'd', class: 'Fault', when: 's', treatments: ['t'] }],
  treatments: [{ name: 't', reboot: {} }],
}

test('a list that lost most of its nodes is in doubt, for this policy and for all, until it has stayed so for long', async () => {
  const { nodes, clock, shared } = replica({ nodes: 10 })
  expect(shared.figures('general').kind).toBe('Known')
  for (let index = 0; index < 6; index += 1) nodes.drop(`node-${index}`)
  await clock.advance(1_000)
  expect(shared.figures('general')).toMatchObject({ kind: 'Doubtful', before: 10 })
  expect(shared.clusterFigures()).toMatchObject({ kind: 'Doubtful', before: 10 })
  for (let minute = 0; minute < 11; minute += 1) {
    await clock.advance(minutes(1))
    shared.figures('general')
  }
  expect(shared.figures('general').kind).toBe('Known')
})

test('a restart forgets nothing: what the statuses say counts as seen, if it is of this very spec', () => {
  const policyStatus = { observedGeneration: 2, nodes: 10 }
  expect(replica({ nodes: 4, policyStatus }).shared.figures('general')).toMatchObject({ before: 10 })
  const older = replica({ nodes: 4, policyStatus: { ...policyStatus, observedGeneration: 1 } })
  expect(older.shared.figures('general').kind).toBe('Known')
  expect(replica({ nodes: 4, guardStatus: { nodes: 10 } }).shared.clusterFigures()).toMatchObject({ before: 10 })
})

test('an empty list is never none and never all; without a policy there is nothing to doubt', () => {
  const { shared } = replica({ nodes: 0 })
  expect(shared.figures('general').kind).toBe('Doubtful')
  expect(shared.clusterFigures().kind).toBe('Doubtful')
  const idle = replica({ nodes: 0 })
  idle.policies.drop('general')
  expect(idle.shared.clusterFigures()).toMatchObject({ kind: 'Known', share: { selected: 0 } })
})

test('a watch of pauses that has missed three bookmarks tells of no stop any more', () => {
  const hears = (pausesSilentMs: number) => replica({ nodes: 1, pausesSilentMs }).shared.hearsOfPauses()
  expect(hears(minutes(3) - 1)).toBe(true)
  expect(hears(minutes(3))).toBe(false)
})
