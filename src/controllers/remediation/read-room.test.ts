import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { emptyLedger } from '../../api/initial-objects.ts'
import { runKind, type StepName } from '../../api/v1alpha1/node-remediation.ts'
import { now, runSpec, slot, steps } from '../../domain/remediation/observation.fixture.ts'
import type { Step } from '../../domain/remediation/step.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { rfc3339 } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { LedgerCustody } from '../ledger-custody.ts'
import { FakeWatched } from '../watched.fixture.ts'
import { readRoom } from './read-room.ts'

const stored = (name: string, step: StepName, dryRun = false) => ({
  metadata: { name, uid: `${name}-uid`, resourceVersion: '7' },
  spec: { ...runSpec({ dryRun }) },
  status: { step: { name: step, since: rfc3339(now), rung: 0, attempted: true } },
})

/** The watch still shows the other run in Claiming; a list shows it in Cordoning. */
function bed({
  listed = stored('other', 'Cordoning'),
  slots = [],
}: {
  readonly listed?: JsonObject
  readonly slots?: readonly string[]
} = {}) {
  const asked: string[] = []
  const reader: ClusterReader = {
    get: async (kind) => {
      asked.push(`get ${kind.plural}`)
      await Promise.resolve()
      asked.push(`got ${kind.plural}`)
      const spec = { slots: slots.map((each) => ({ ...slot(each) })) }
      return kind.project({ ...emptyLedger, metadata: { name: 'cluster', uid: 'l', resourceVersion: '3' }, spec })
    },
    list: async (kind) => {
      asked.push(`list ${kind.plural}`)
      return [kind.project(listed)]
    },
  }
  const runs = new FakeWatched(runKind, { node: () => [], policy: () => [] })
  runs.put(stored('other', 'Claiming'))
  const nodes = new FakeWatched(nodeKind, {})
  const shared = { policy: () => undefined, guard: () => undefined, figures }
  const custody = new LedgerCustody()
  const ports = { reader, runs, nodes, shared, custody }
  const look = async (step: Step) => {
    const { underWay } = await readRoom(ports, own, step)
    return underWay.map(({ runName }) => runName)
  }
  const room = async (step: Step) => await readRoom(ports, own, step)
  return { look, room, nodes, asked, runs, custody }
}

const serving = (name: string) => ({ metadata: { name }, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
const figures = () => ({ kind: 'Doubtful', message: 'no list yet' }) as const
const own = runKind.project(stored('own', 'Claiming'))
const approving = { ...steps.claiming, name: 'Approving', deadline: undefined } as const

test('whoever claims lists the runs live, after the ledger: nobody may be in neither', async () => {
  const { look, asked } = bed()
  expect(await look(steps.claiming)).toEqual(['other'])
  expect(asked).toEqual(['get disruptionledgers', 'got disruptionledgers', 'list noderemediations'])
})

test('nodes that others of the policy have a slot for are promised for as long as they serve', async () => {
  const { room, nodes } = bed({ slots: ['one', 'two', 'own-uid'] })
  expect((await room(steps.claiming)).promised).toBe(0)
  for (const name of ['node of one', 'node of two', 'node of own-uid']) nodes.put(serving(name))
  expect((await room(steps.claiming)).promised).toBe(2)
  nodes.put({ ...serving('node of one'), spec: { unschedulable: true } })
  expect((await room(steps.claiming)).promised).toBe(1)
})

test('on a later rung one that is asked about may claim too; no other step costs a list', async () => {
  expect(await bed().look({ ...approving, rung: 1 })).toEqual(['other'])
  for (const step of [approving, steps.draining, steps.releasing]) {
    const { look, asked } = bed()
    expect(await look(step)).toEqual([])
    expect(asked).not.toContain('list noderemediations')
  }
})

test('neither a dry run nor the run itself takes room', async () => {
  expect(await bed({ listed: stored('other', 'Draining', true) }).look(steps.claiming)).toEqual([])
  expect(await bed({ listed: stored('own', 'Draining') }).look(steps.claiming)).toEqual([])
})

test('while nobody else has had his hands on the ledger, the runs are listed once', async () => {
  const listed = {
    ...stored('other', 'Cordoning'),
    metadata: { name: 'other', uid: 'other-uid', resourceVersion: '8' },
  }
  const { look, asked, runs, custody } = bed({ listed })
  const lists = (): number => asked.filter((request) => request === 'list noderemediations').length
  // The cache lags behind what was listed: it cannot be trusted to tell of that run.
  await look(steps.claiming)
  expect(await look(steps.claiming)).toEqual(['other'])
  expect(lists()).toBe(2)
  runs.put(listed)
  expect(await look(steps.claiming)).toEqual(['other'])
  expect(await look(steps.claiming)).toEqual(['other'])
  expect(lists()).toBe(3)
  // Our own write on it: still nobody else's. A write on what somebody else made: his.
  custody.wrote('3', '4')
  expect([custody.holds('3'), custody.holds('4')]).toEqual([false, true])
  custody.wrote('5', '6')
  expect(custody.holds('6')).toBe(false)
  await look(steps.claiming)
  expect(lists()).toBe(4)
})
