import { afterEach, describe, expect, test } from 'vitest'
import { renderLadder } from '../src/domain/explain/render-ladder.ts'
import { isObject, type JsonObject, listAt, textAt } from '../src/kernel/json.ts'
import { minutes, seconds } from '../src/kernel/time.ts'
import { metalPolicy, OperatedCluster } from './operated-cluster.fixture.ts'

/** What people, other programs and hostile nodes do under a run: each ends in a hold that is named, or in a clean release. */
let cluster: OperatedCluster

afterEach(async () => await cluster.stop())

async function begun(policies: readonly JsonObject[] = [metalPolicy()], labels: Readonly<Record<string, string>> = {}) {
  cluster = new OperatedCluster(policies, { nodeLabels: labels })
  await cluster.start()
  return cluster
}

const plural = { run: 'noderemediations.prunella.dev', policy: 'noderemediationpolicies.prunella.dev' }
const ledgerRef = ['disruptionledgers.prunella.dev', { name: 'cluster' }] as const

const heldReasons = (): readonly string[] =>
  cluster.runs.flatMap(({ status }) =>
    status.conditions.flatMap((one) => (one.type === 'Held' && one.status === 'True' ? [one.reason] : [])),
  )

const gateOf = async (nodeName: string, gate: string) =>
  (await cluster.why(nodeName)).gates.find((answer) => answer.gate === gate)

const offs = (): number =>
  cluster.world.bmcNetwork.log.filter(({ command, outcome }) => command === 'Off' && outcome === 'Done').length

function expectNothingLeft(): void {
  expect(cluster.marksOf('node-1')).toEqual([])
  expect(cluster.ledger?.spec?.slots).toEqual([])
  expect(cluster.log.lines.filter(({ level }) => level === 'error')).toEqual([])
}

describe('text that a hostile node wrote', () => {
  const hostile = `\u001b[2J\u001b[31mroot\u0000\u0007\r\n<script>alert(1)</script>\u202egnp ${'A'.repeat(1_000_000)}`

  test('passes through objects, events, log and `why` without harm, and the node is healed', async () => {
    const { world } = await begun()
    world.deadlock('node-1')
    const node = world.objects.get('nodes', { name: 'node-1' })
    const conditions = listAt(node ?? {}, 'status', 'conditions')
      .filter(isObject)
      .map((condition) =>
        condition['type'] === 'KernelDeadlock'
          ? { ...condition, status: 'True', reason: 'Bad', message: hostile }
          : condition,
      )
    world.api.patchStatus('nodes', { name: 'node-1' }, { status: { conditions } })
    await cluster.until('Cordoning')
    const told = renderLadder(await cluster.why('node-1')).join('\n')
    await cluster.until('Done')

    const ours = ['noderemediations.prunella.dev', 'nodehealths.prunella.dev', 'events.events.k8s.io']
    const stored = ours.flatMap((resource) => world.objects.all(resource)).map((object) => JSON.stringify(object))
    for (const text of [...stored, ...cluster.log.lines.map((line) => JSON.stringify(line)), told]) {
      // What is inside JSON is escaped by JSON, so a control character would be seen as one of these.
      // oxlint-disable-next-line no-control-regex -- these characters are what must not be there
      expect(text).not.toMatch(/\\u001b|\\u0000|\\u0007|\u001b|\u0007|\u202e/)
      expect(text.length).toBeLessThan(16 * 1024)
    }
    expect(cluster.runs.map(({ status }) => status.step?.outcome)).toEqual(['NodeRecovered'])
    expectNothingLeft()
  })
})

describe('a ledger that was edited by hand', () => {
  const slotOfNobody = (unusual: JsonObject = {}): JsonObject => ({
    runUID: 'nobody',
    runName: 'nr-nobody',
    policyName: 'metal',
    nodeName: 'node-2',
    nodeUID: 'x',
    class: 'Fault',
    claimTime: '2099-01-01T00:00:00Z',
    ...unusual,
  })

  test('a slot that no run owns holds until a live read has shown that; then the node is healed, once', async () => {
    const { world } = await begun()
    world.api.patch(...ledgerRef, { spec: { slots: [slotOfNobody(), slotOfNobody({ runUID: 'nobody-else' })] } })
    world.deadlock('node-1')
    await cluster.run(minutes(15), () => cluster.runs.some(({ status }) => status.step?.name === 'Done'))
    expect(offs()).toBe(1)
    expectNothingLeft()
  })

  test('a slot whose node still bears the cordon of its run stays, and names it', async () => {
    const { world } = await begun()
    world.api.patch(
      'nodes',
      { name: 'node-2' },
      {
        metadata: { annotations: { 'prunella.dev/cordoned-by-run': 'nobody' } },
      },
    )
    world.api.patch(...ledgerRef, { spec: { slots: [slotOfNobody()] } })
    world.deadlock('node-1')
    await cluster.run(minutes(5))
    expect(offs()).toBe(0)
    const answer = await gateOf('node-1', 'BudgetFree')
    expect(answer).toMatchObject({ reason: 'BudgetExhausted', message: '1 of 1 slots of metal are held by nr-nobody' })
  })

  test('a thousand starts, years ahead or long ago, end in a hold with a name or make room; nothing crashes', async () => {
    const { world } = await begun()
    const starts = (startTime: string, more: JsonObject = {}) =>
      Array.from({ length: 1_000 }, (_, index) => ({ ...slotOfNobody({ runUID: `u${index}` }), startTime, ...more }))
    world.api.patch(...ledgerRef, { spec: { starts: starts('2999-01-01T00:00:00Z') } })
    world.deadlock('node-1')
    await cluster.run(minutes(5))
    expect(offs()).toBe(0)
    expect(await gateOf('node-1', 'RateFree')).toMatchObject({ result: 'Hold', reason: 'RateExceeded' })

    const endTime = '0001-01-01T00:00:00Z'
    world.api.patch(...ledgerRef, { spec: { starts: starts(endTime, { endTime }) } })
    await cluster.run(minutes(15), () => cluster.runs.some(({ status }) => status.step?.name === 'Done'))
    expect(offs()).toBe(1)
  })

  test('what is no ledger any more starts nothing, and says so', async () => {
    const { world } = await begun()
    world.api.delete(...ledgerRef)
    world.deadlock('node-1')
    await cluster.run(minutes(2))
    expect(offs()).toBe(0)
    expect(await gateOf('node-1', 'BudgetFree')).toMatchObject({ result: 'Hold', reason: 'LedgerMissing' })
    expect(cluster.marksOf('node-1')).toEqual([])
  })

  test('the slot taken away under a run: claimed again, or nothing more is done', async () => {
    const { world } = await begun()
    world.deadlock('node-1')
    await cluster.until('Draining')
    world.api.patch(...ledgerRef, { spec: { slots: [], starts: [] } })
    await cluster.run(minutes(15), () => cluster.runs.every(({ status }) => status.step?.name === 'Done'))
    expect(offs()).toBeLessThanOrEqual(1)
    const [run] = cluster.runs
    expect(['Done', 'Quarantined']).toContain(run?.status.step?.name)
  })
})

describe('objects that go under a run', () => {
  test.each(['Claiming', 'Cordoning', 'Draining', 'Treating', 'Verifying'])(
    'the policy is deleted in %s: a hold with a name or the end, and nothing is half done',
    async (step) => {
      const { world } = await begun()
      world.deadlock('node-1')
      await cluster.until(step)
      world.api.delete(plural.policy, { name: 'metal' })
      await cluster.run(minutes(20))
      const [run] = cluster.runs
      const at = run?.status.step?.name
      expect(['Done', 'Quarantined']).toContain(at)
      // A run that is over holds nothing; one that waits for people says what for.
      expect(heldReasons().length > 0 || at === 'Done').toBe(true)
      expect(at === 'Done' ? cluster.marksOf('node-1') : []).toEqual([])
      expect(cluster.ledger?.spec?.slots).toEqual([])
      expect(world.machine('node-1').state).not.toBe('Off')
    },
  )

  test.each(['Approving', 'Claiming', 'Cordoning', 'Draining', 'Treating', 'Verifying'])(
    'the run is deleted in %s: its node is given back first',
    async (step) => {
      const { world } = await begun()
      world.deadlock('node-1')
      await cluster.until(step)
      const deleted = cluster.runs.map(({ metadata }) => metadata)
      for (const { name } of deleted) world.api.delete(plural.run, { name })
      // The node is as sick as before, so another one may begin at once where nothing had been touched.
      const isLeft = (runUID: unknown): boolean => deleted.some(({ uid }) => uid === runUID)
      await cluster.run(minutes(5), () => !cluster.runs.some(({ metadata }) => isLeft(metadata.uid)))
      expect(cluster.runs.filter(({ metadata }) => isLeft(metadata.uid))).toEqual([])
      expect(cluster.ledger?.spec?.slots.filter(({ runUID }) => isLeft(runUID))).toEqual([])
      const node = world.objects.get('nodes', { name: 'node-1' })
      expect(isLeft(textAt(node, 'metadata', 'annotations', 'prunella.dev/cordoned-by-run'))).toBe(false)
      if (cluster.runs.length === 0) expectNothingLeft()
      expect(world.machine('node-1').state).not.toBe('Off')
    },
  )
})

test('two policies of one priority on one node: neither acts, and both say so', async () => {
  const { world } = await begun([metalPolicy(), metalPolicy({}, 'other')])
  world.deadlock('node-1')
  await cluster.run(minutes(3))
  expect(cluster.runs).toEqual([])
  expect(await gateOf('node-1', 'Selected')).toMatchObject({ result: 'Hold', reason: 'ConflictingPolicies' })
  expect(cluster.marksOf('node-1')).toEqual([])
})

describe('a label that names the zone', () => {
  const limited = metalPolicy({
    limits: {
      maxUnhealthy: '60%',
      minHealthy: 0,
      topologyLimits: [{ topologyKey: 'example.com/room', maxConcurrent: 1 }],
    },
  })

  test('missing: the node is held, and the label is named', async () => {
    const { world } = await begun([limited])
    world.deadlock('node-1')
    await cluster.run(minutes(2))
    expect(offs()).toBe(0)
    expect(await gateOf('node-1', 'TopologyFree')).toMatchObject({ result: 'Unknown', reason: 'TopologyUnknown' })
  })

  test('changed under the run: the room that was disrupted stays counted, and the run ends', async () => {
    const { world } = await begun([limited], { 'example.com/room': 'blue' })
    world.deadlock('node-1')
    await cluster.until('Draining')
    world.api.patch('nodes', { name: 'node-1' }, { metadata: { labels: { 'example.com/room': 'red' } } })
    await cluster.run(seconds(5))
    expect(cluster.ledger?.spec?.slots.map(({ domains }) => domains)).toEqual([
      [{ topologyKey: 'example.com/room', value: 'blue' }],
    ])
    await cluster.run(minutes(20), () => cluster.runs.every(({ status }) => status.step?.name === 'Done'))
    expectNothingLeft()
  })
})
