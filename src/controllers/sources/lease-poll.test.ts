import { array, assert, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { leaseKind } from '../../api/core/kinds.ts'
import { type Signal, signalSchema } from '../../api/v1alpha1/signal.ts'
import { claimOf } from '../../domain/detect/claim.ts'
import { look } from '../../domain/detect/sources/look.fixture.ts'
import { mono, seconds } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { UnavailableError } from '../../ports/errors.ts'
import { FakeClock } from '../../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../../runtime/fake-log.fixture.ts'
import type { FeedChange } from './feed.ts'
import { LeaseLooks } from './lease-looks.ts'
import { LeasePoll } from './lease-poll.ts'

const signal: Signal = signalSchema.parse({ name: 'silent', lease: {} })

const leaseOf = (name: string, renewTime: string, uid = 'l') =>
  leaseKind.project({
    metadata: { namespace: 'kube-node-lease', name, uid, resourceVersion: '1' },
    spec: { renewTime },
  })

/** Kubelets that renew, an API server that may be away, and the poll over both. */
async function started({ isAsked = true } = {}) {
  const clock = new FakeClock()
  const world = { renewing: new Set(['node-1', 'node-2', 'node-3']), away: false, reads: 0 }
  const written = new Map([...world.renewing].map((name) => [name, 'first']))
  const answer = <Answer>(value: Answer): Answer => {
    world.reads += 1
    if (world.away) throw new UnavailableError('connection refused')
    return value
  }
  const reader = {
    list: async () => answer([...written].map(([name, text]) => leaseOf(name, text))),
    get: async (_kind: unknown, { name }: { readonly name: string }) => answer(leaseOf(name, written.get(name) ?? '')),
  } as unknown as ClusterReader
  const poll = new LeasePoll({ clock, log: new FakeLog(), reader, isAsked: () => isAsked })
  const told: FeedChange[] = []
  poll.onChange((change) => told.push(change))
  const over = new AbortController()
  void poll.run(over.signal)
  await clock.advance(0)
  const run = async (forSeconds: number) => {
    for (let second = 0; second < forSeconds; second += 1) {
      await clock.advance(seconds(1))
      // Between two looks.
      const isDue = Math.floor(clock.mono() / 1_000) % 10 === 5
      if (isDue && !world.away) for (const name of world.renewing) written.set(name, `at ${clock.mono()}`)
    }
  }
  const state = (name: string) => claimOf(signal, look({ mono: clock.mono(), now: clock.now() }, poll.seen(name))).state
  return { clock, poll, told, world, run, state, stop: () => over.abort() }
}

test('a kubelet that falls silent is told of within the limit and one look, and the others are not', async () => {
  const { run, state, world, told } = await started()
  expect(state('node-1')).toBe('Unknown')
  await run(30)
  expect([state('node-1'), state('node-2')]).toEqual(['False', 'False'])
  world.renewing.delete('node-2')
  told.length = 0
  await run(35)
  expect(state('node-2')).toBe('False')
  await run(20)
  expect([state('node-1'), state('node-2')]).toEqual(['False', 'True'])
  expect(new Set(told.flatMap(({ nodeNames }) => nodeNames))).toEqual(new Set(['node-2']))
  world.renewing.add('node-2')
  told.length = 0
  await run(20)
  expect(state('node-2')).toBe('False')
  expect(told.flatMap(({ nodeNames }) => nodeNames)).toContain('node-2')
})

test('an API server that was away accuses nobody, neither while it is away nor when it is back', async () => {
  const { run, state, world, told } = await started()
  await run(30)
  world.away = true
  told.length = 0
  await run(300)
  expect(state('node-1')).toBe('Unknown')
  expect(told.some(({ everything }) => everything)).toBe(true)
  world.away = false
  for (let second = 0; second < 120; second += 1) {
    await run(1)
    expect(state('node-1')).not.toBe('True')
  }
  expect(state('node-1')).toBe('False')
})

test('kubelets that fall silent all at once have lost the API server', async () => {
  const { run, state, world } = await started()
  await run(30)
  world.renewing.delete('node-1')
  await run(60)
  expect(state('node-1')).toBe('True')
  world.renewing.delete('node-2')
  await run(60)
  expect([state('node-1'), state('node-2'), state('node-3')]).toEqual(['Unknown', 'Unknown', 'Unknown'])
})

test('nobody reads leases while no policy asks for them, and a run is answered all the same', async () => {
  const { run, world, poll } = await started({ isAsked: false })
  await run(120)
  expect(world.reads).toBe(0)
  expect(poll.seen('node-1').lease.kind).toBe('Unavailable')
  expect((await poll.fresh('node-1', [signal])).lease.kind).toBe('Known')
  world.away = true
  expect((await poll.fresh('node-1', [signal])).lease).toMatchObject({ kind: 'Unavailable' })
})

test('a gap between looks begins the silence anew, and what was seen before it is no renewal of now', () => {
  const looks = new LeaseLooks()
  const look = (second: number, text: string) =>
    looks.note(leaseOf('node-1', text), { askedAt: mono(second * 1_000), answeredAt: mono(second * 1_000) })
  look(0, 'a')
  look(10, 'b')
  look(35, 'b')
  expect(looks.seen('node-1', mono(0))).toMatchObject({ stillSinceMono: 10_000, movedAtMono: 10_000 })
  expect(look(61, 'b')).toBe(true)
  expect(looks.seen('node-1', mono(0))).toMatchObject({ stillSinceMono: 61_000, movedAtMono: 10_000 })
})

test('a Lease made anew begins anew', () => {
  const looks = new LeaseLooks()
  const times = (second: number) => ({ askedAt: mono(second * 1_000), answeredAt: mono(second * 1_000) })
  looks.note(leaseOf('node-1', 'x', 'one'), times(0))
  looks.note(leaseOf('node-1', 'x', 'two'), times(10))
  expect(looks.seen('node-1', mono(10_000))).toMatchObject({ movedAtMono: 10_000 })
  expect(looks.keepOnly(new Set())).toEqual(['node-1'])
})

test('whatever the looks and however slow their answers, a kubelet that renews every ten seconds is never silent for forty', () => {
  const step = record({ waitMs: nat(60_000), slowMs: nat(60_000) })
  assert(
    property(array(step, { maxLength: 50 }), nat(9_999), (steps, phase) => {
      const looks = new LeaseLooks()
      let now = 1_000_000
      for (const { waitMs, slowMs } of steps) {
        now += waitMs
        const askedAt = mono(now)
        const renewed = Math.floor((now + phase) / 10_000)
        now += slowMs
        looks.note(leaseOf('node-1', `${renewed}`), { askedAt, answeredAt: mono(now) })
        const { kind, ...sight } = looks.seen('node-1', askedAt)
        const still = 'lookedAtMono' in sight ? sight.lookedAtMono - (sight.stillSinceMono ?? 0) : 0
        expect([kind, still < 40_000]).toEqual(['Known', true])
      }
    }),
  )
})
