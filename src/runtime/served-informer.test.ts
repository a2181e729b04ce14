import { expect, test } from 'vitest'
import { leaseKind } from '../api/core/kinds.ts'
import { machineKinds } from '../api/core/neighbours.ts'
import { Prng } from '../kernel/prng.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { FakeTransport, failed, ok } from './fake-transport.fixture.ts'
import { ServedInformer } from './served-informer.ts'

/** Statuses by version of the group. */
async function started(statuses: Record<string, number>) {
  const [clock, transport, abort] = [new FakeClock(), new FakeTransport(), new AbortController()]
  const asked: string[] = []
  const statusOf = (path: string): number =>
    Object.entries(statuses).find(([version]) => path.includes(`/${version}/`))?.[1] ?? 404
  transport.respond = ({ path }) => {
    asked.push(path)
    const status = statusOf(path)
    return status === 200 ? ok({ items: [], metadata: { resourceVersion: '20' } }) : failed(status)
  }
  transport.open = ({ path }) => (statusOf(path) === 200 ? ok({}) : failed(statusOf(path)))
  const informer = new ServedInformer(
    { clock, transport, log: new FakeLog(), prng: new Prng(1) },
    { kinds: machineKinds, indexes: { node: ({ nodeName }) => [nodeName] } },
  )
  let isKnown = false
  const waits = async (): Promise<void> => {
    await informer.whenKnown(abort.signal)
    isKnown = true
  }
  void informer.run(abort.signal)
  void waits()
  await clock.advance(0)
  /** Bookmarks come every minute to watches that are served, and the others end. */
  const pass = async (minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute += 1) {
      for (const stream of transport.streams) {
        if (statusOf(stream.request.path) === 200) stream.send(bookmark)
        else stream.end()
      }
      await clock.advance(60_000)
    }
  }
  const open = (): number => transport.streams.filter(({ isClosed }) => !isClosed).length
  return { clock, informer, asked, statuses, pass, open, isKnown: () => isKnown }
}

const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } }

test('a kind that the cluster does not serve is simply absent, and is asked for again after a while', async () => {
  const { clock, informer, asked, statuses, isKnown } = await started({})
  expect([isKnown(), informer.problem(), informer.list()]).toEqual([true, undefined, []])
  expect(asked).toHaveLength(2)
  await clock.advance(120_000)
  expect(asked).toHaveLength(2)
  statuses['v1beta2'] = 200
  await clock.advance(400_000)
  expect(informer.kind?.version).toBe('v1beta2')
})

test('the newest version that is served is the one that is watched', async () => {
  const { informer } = await started({ v1beta1: 200 })
  expect(informer.kind?.version).toBe('v1beta1')
})

test('a kind that may not be read is told so, holds nobody up, and is read once it may', async () => {
  const { clock, informer, statuses, isKnown } = await started({ v1beta2: 403 })
  expect([isKnown(), informer.problem()]).toEqual([true, 'machines may not be listed'])
  statuses['v1beta2'] = 200
  await clock.advance(20_000)
  expect(informer.kind?.version).toBe('v1beta2')
})

test('a server that fails does not keep the operator from starting for ever', async () => {
  const { clock, informer, isKnown } = await started({ v1beta2: 500 })
  await clock.advance(10_000)
  expect([isKnown(), informer.problem()]).toEqual([true, 'machines cannot be listed: status 500'])
})

test('a kind that is read in one namespace is asked for there alone', async () => {
  const [clock, transport, abort] = [new FakeClock(), new FakeTransport(), new AbortController()]
  transport.respond = () => ok({ items: [], metadata: { resourceVersion: '20' } })
  const informer = new ServedInformer(
    { clock, transport, log: new FakeLog(), prng: new Prng(1) },
    { kinds: [leaseKind], indexes: {}, namespace: 'medik8s-leases' },
  )
  void informer.run(abort.signal)
  await clock.advance(1_000)
  const paths = [...transport.requests, transport.watch.request].map(({ path }) => path)
  expect(new Set(paths)).toEqual(new Set(['/apis/coordination.k8s.io/v1/namespaces/medik8s-leases/leases']))
  abort.abort()
})

test('a kind whose operator is uninstalled is absent again, and is watched once it is back', async () => {
  const { informer, statuses, pass, open } = await started({ v1beta1: 200 })
  await pass(2)
  expect([informer.problem(), open()]).toEqual([undefined, 1])
  statuses['v1beta1'] = 404
  await pass(10)
  expect([informer.problem(), informer.kind, informer.list(), open()]).toEqual([undefined, undefined, [], 0])
  statuses['v1beta1'] = 200
  await pass(10)
  expect([informer.problem(), informer.kind?.version, open()]).toEqual([undefined, 'v1beta1', 1])
})

test('a version that is served no more gives way to the one that is', async () => {
  const { informer, statuses, pass, open } = await started({ v1beta1: 200 })
  await pass(2)
  delete statuses['v1beta1']
  statuses['v1beta2'] = 200
  await pass(10)
  expect([informer.problem(), informer.kind?.version, open()]).toEqual([undefined, 'v1beta2', 1])
})

test('an API server that is away for long makes no kind absent', async () => {
  const { informer, statuses, pass } = await started({ v1beta1: 200 })
  await pass(2)
  statuses['v1beta1'] = 500
  await pass(30)
  expect(informer.problem()).toBe('machines have not been heard of for a while')
  statuses['v1beta1'] = 200
  await pass(3)
  expect(informer.problem()).toBeUndefined()
})
