import { expect, test } from 'vitest'
import { hours, later, rfc3339 } from '../../kernel/time.ts'
import { controller, node, policy } from './controller.fixture.ts'

test('policy and guard are told once, and an idle cluster sees no further write', async () => {
  const { clock, written, policies, guards } = await controller()
  await clock.advance(600_000)
  expect(written.map(({ plural }) => plural).toSorted()).toEqual(['noderemediationpolicies', 'remediationguards'])
  expect(guards.get({ name: 'cluster' })?.status).toMatchObject({ ledgerUID: 'ledger', slots: 0 })
  expect(policies.get({ name: 'general-nodes' })?.status).toMatchObject({ nodes: 1, unhealthy: 0, active: 0 })
})

test('finished runs beyond what the policy keeps are deleted, by their UID; open ones never', async () => {
  const { clock, runs, policies } = await controller()
  policies.put({ ...policies.raw('general-nodes'), ...policy({ history: { keep: 1 } }, 2) })
  const run = (name: string, status: object) => ({
    metadata: { name, uid: name, resourceVersion: '1' },
    spec: runSpec,
    status: { completionTime: rfc3339(clock.now()), ...status },
  })
  const done = { step: { name: 'Done', since: '1970-01-01T00:00:01Z', outcome: 'NodeRecovered' } }
  runs.put(run('older', done))
  runs.put(run('newer', { ...done, completionTime: rfc3339(later(clock.now(), 1_000)) }))
  runs.put(run('open', { step: { name: 'Quarantined', since: '1970-01-01T00:00:01Z', cause: 'TreatmentsExhausted' } }))
  await clock.advance(60_000)
  expect(
    runs
      .list()
      .map(({ metadata }) => metadata.name)
      .toSorted(),
  ).toEqual(['newer', 'open'])
})

/** Of the policy that is there and of one that has gone, each with more than 50 finished runs, and one that is open. */
async function orphaned(stored?: Parameters<typeof controller>[0]) {
  const { clock, runs, ...rest } = await controller(stored)
  const run = (name: string, step: object) =>
    runs.put({
      metadata: { name, uid: name, resourceVersion: '1' },
      spec: { ...runSpec, policyName: 'gone' },
      status: { step: { since: rfc3339(clock.now()), ...step }, completionTime: rfc3339(clock.now()) },
    })
  for (let index = 0; index < 58; index += 1) run(`done-${index}`, { name: 'Done', outcome: 'NodeRecovered' })
  run('open', { name: 'Quarantined', cause: 'TreatmentsExhausted' })
  await clock.advance(180_000)
  return { clock, runs, ...rest }
}

test('of a policy that has gone as many finished runs are kept as of one that says nothing, and no longer', async () => {
  const { clock, runs } = await orphaned()
  expect(runs.list()).toHaveLength(51)
  clock.freeze(hours(31 * 24))
  await clock.advance(600_000)
  expect(runs.list().map(({ metadata }) => metadata.name)).toEqual(['open'])
})

test('no run is forgotten because a cache has lost its policy', async () => {
  const { runs } = await orphaned({ stored: { noderemediationpolicies: { get: (ref) => ref } } })
  expect(runs.list()).toHaveLength(59)
})

test('a clock that is set forward makes no run old enough to be forgotten', async () => {
  const { clock, runs } = await controller()
  const done = { step: { name: 'Done', since: rfc3339(clock.now()), outcome: 'NodeRecovered' } }
  const status = { ...done, completionTime: rfc3339(clock.now()) }
  runs.put({ metadata: { name: 'done', uid: 'done', resourceVersion: '1' }, spec: runSpec, status })
  clock.jump(hours(400 * 24))
  await clock.advance(60_000)
  expect(runs.list()).toHaveLength(1)
  clock.freeze(hours(40 * 24))
  await clock.advance(60_000)
  expect(runs.list()).toHaveLength(0)
})

const runSpec = {
  node: { name: 'node-1', uid: 'node-1' },
  policyName: 'general-nodes',
  cause: {
    diagnosis: 'kernel-hang',
    class: 'Fault',
    episode: 'e',
    when: 'kernelDeadlock',
    message: 'm',
    detectedTime: '1970-01-01T00:00:00Z',
  },
  treatments: [{ name: 'power-cycle', powerCycle: {} }],
}

test('a hundred nodes that come at once are a handful of writes', async () => {
  const { clock, written, nodes, policies } = await controller()
  const before = written.length
  for (let index = 0; index < 100; index += 1) {
    nodes.put(node(`more-${index}`))
    await clock.advance(10)
  }
  await clock.advance(1_000)
  expect(policies.get({ name: 'general-nodes' })?.status.nodes).toBe(101)
  expect(written.length - before).toBeLessThanOrEqual(4)
})

test('a policy that breaks says so in the object and once in the log, and its counts go', async () => {
  const { clock, policies, log } = await controller()
  policies.put({ ...policies.raw('general-nodes'), ...policy({ nodeSelector: 7 }, 2) })
  await clock.advance(60_000)
  const status = policies.get({ name: 'general-nodes' })?.status
  expect(status?.conditions.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'PolicyInvalid',
  })
  expect(policies.raw('general-nodes')?.['status']).not.toHaveProperty('nodes')
  expect(log.lines.filter(({ text }) => text === 'Policy is not ready')).toHaveLength(1)
})

test('a pause is told, and its end comes by time alone', async () => {
  const { clock, pauses, policies } = await controller()
  const until = new Date(clock.now() + 120_000).toISOString()
  pauses.put({
    metadata: { name: 'p', uid: 'p', resourceVersion: '1' },
    spec: { scope: { everything: {} }, reason: 'incident', until },
  })
  const allowed = () =>
    policies.get({ name: 'general-nodes' })?.status.conditions.find(({ type }) => type === 'RemediationAllowed')?.reason
  await clock.advance(1_000)
  expect(allowed()).toBe('GloballyPaused')
  await clock.advance(180_000)
  expect(allowed()).toBe('WithinLimits')
})

test('an API server that drops what we write is not written to as fast as it answers', async () => {
  const { clock, policies, written } = await controller()
  policies.onChange(({ new: stored }) => {
    if (stored?.status.nodes !== undefined) policies.put({ ...policies.raw('general-nodes'), status: {} })
  })
  await clock.advance(60_000)
  expect(written.length).toBeGreaterThan(10)
  expect(written.length).toBeLessThanOrEqual(75)
})
