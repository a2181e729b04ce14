import { describe, expect, test } from 'vitest'
import { at, type JsonObject, numberAt, textAt } from '../../../kernel/json.ts'
import { podOn, serverFixture } from '../server.fixture.ts'
import type { WorldClient } from '../world-client.ts'

const ref = { namespace: 'default', name: 'a' }
const budgets = 'poddisruptionbudgets.policy'

/** A running pod, and one budget over it. */
function guarded(status: JsonObject, spec: JsonObject = {}, ready = 'True'): WorldClient {
  const { world } = serverFixture()
  world.create('pods', podOn('node', 'a'))
  world.patchStatus('pods', ref, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] } })
  world.create(budgets, {
    metadata: { namespace: 'default', name: 'guard' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } }, ...spec },
  })
  world.patchStatus(
    budgets,
    { ...ref, name: 'guard' },
    { status: { observedGeneration: 1, desiredHealthy: 1, ...status } },
  )
  return world
}

const allowed = (world: WorldClient): number | undefined =>
  numberAt(world.get(budgets, { ...ref, name: 'guard' }), 'status', 'disruptionsAllowed')

describe('an eviction', () => {
  test('takes from the budget, says why on the pod, and deletes it', () => {
    const world = guarded({ disruptionsAllowed: 1, currentHealthy: 2 })
    expect(world.evict(ref).status).toBe(201)
    expect(allowed(world)).toBe(0)
    const pod = world.get('pods', ref)
    expect(at(pod, 'status', 'conditions', 1)).toMatchObject({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
    })
    expect(textAt(pod, 'metadata', 'deletionTimestamp')).toBeDefined()
    expect(at(world.get(budgets, { ...ref, name: 'guard' }), 'status', 'disruptedPods')).toHaveProperty('a')
  })

  test('is told to wait while the budget is exhausted, and changes nothing', () => {
    const world = guarded({ disruptionsAllowed: 0, currentHealthy: 1 })
    const before = world.get('pods', ref)
    const answer = world.evict(ref)
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, undefined])
    expect(at(answer.body, 'details', 'causes', 0)).toEqual({
      reason: 'DisruptionBudget',
      message: 'The disruption budget guard needs 1 healthy pods and has 1 currently',
    })
    expect(world.get('pods', ref)).toBe(before)
  })

  test('waits ten seconds for a budget that nobody has counted yet', () => {
    const answer = guarded({ observedGeneration: 0, disruptionsAllowed: 5 }).evict(ref)
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '10'])
  })

  test('with a stale UID costs a disruption and moves nobody', () => {
    const world = guarded({ disruptionsAllowed: 1, currentHealthy: 2 })
    expect(world.evict(ref, { preconditions: { uid: 'gone' } }).status).toBe(409)
    expect([allowed(world), textAt(world.get('pods', ref), 'metadata', 'deletionTimestamp')]).toEqual([0, undefined])
  })

  test('in a dry run takes nothing and deletes nothing', () => {
    const world = guarded({ disruptionsAllowed: 1, currentHealthy: 2 })
    expect(world.evict(ref, { dryRun: ['All'] }).status).toBe(201)
    expect([allowed(world), textAt(world.get('pods', ref), 'metadata', 'deletionTimestamp')]).toEqual([1, undefined])
  })

  test('of a pod under two budgets is beyond the server', () => {
    const world = guarded({ disruptionsAllowed: 1, currentHealthy: 2 })
    world.create(budgets, {
      metadata: { namespace: 'default', name: 'second' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    })
    const answer = world.evict(ref)
    expect(answer.status).toBe(500)
    expect(textAt(answer.body, 'message')).toBe(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  })

  test.each<[string, JsonObject, JsonObject, number]>([
    ['the budget is met without it', { disruptionsAllowed: 0, currentHealthy: 1 }, {}, 201],
    ['the budget is missed', { disruptionsAllowed: 0, currentHealthy: 0 }, {}, 429],
    [
      'its budget always allows it',
      { disruptionsAllowed: 0, currentHealthy: 0 },
      { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      201,
    ],
  ])('of a pod that is not ready, where %s', (...[, status, spec, expected]) => {
    expect(guarded(status, spec, 'False').evict(ref).status).toBe(expected)
  })

  test('of a pod that has not started asks no budget', () => {
    const world = guarded({ disruptionsAllowed: 0, currentHealthy: 0 })
    world.patchStatus('pods', ref, { status: { phase: 'Pending' } })
    expect(world.evict(ref).status).toBe(201)
  })

  test('of nobody is a 404', () => {
    expect(serverFixture().world.evict(ref).status).toBe(404)
  })
})
