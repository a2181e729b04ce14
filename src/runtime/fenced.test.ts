import { describe, expect, test } from 'vitest'
import { leaseKind } from '../api/core/kinds.ts'
import { nodeKind } from '../api/core/node.ts'
import { clusterTravelMaxMs, powerTravelMaxMs } from '../ports/errors.ts'
import type { BmcAccess } from '../ports/power.ts'
import { recordingEffects } from './effects.fixture.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeTransport, ok } from './fake-transport.fixture.ts'
import { type Effects, Fence, type FencePorts, GuardGapError, NotLeadingError, StaleEvidenceError } from './fenced.ts'
import { InertError, inert } from './inert.ts'

const bmc: BmcAccess = { protocol: 'ipmi', address: 'bmc-1', port: 623, username: 'u', password: 'p', cipherSuite: 17 }
const ref = { name: 'node-1' }
const patch = { type: 'Json', operations: [] } as const

const effectsOnCluster: readonly (readonly [string, (effects: Effects) => Promise<unknown>])[] = [
  ['create', async ({ cluster }) => await cluster.create(nodeKind, { metadata: ref })],
  ['patch', async ({ cluster }) => await cluster.patch(nodeKind, ref, patch)],
  ['remove', async ({ cluster }) => await cluster.remove(nodeKind, ref, { uid: 'u1' })],
  ['evict', async ({ cluster }) => await cluster.evict({ namespace: 'a', name: 'b', uid: 'u1' })],
]
const effectsOnPower: typeof effectsOnCluster = [
  ['turnOff', async ({ power }) => await power.turnOff(bmc)],
  ['turnOn', async ({ power }) => await power.turnOn(bmc)],
]

describe('the fence', () => {
  test.each(effectsOnCluster)(
    '%s goes out while the lease outlives its travel, and not a moment longer',
    async (_name, send) => {
      const { wire, fence } = fenced(leading(clusterTravelMaxMs))
      await send(fence.effects)
      expect(wire.requests).toHaveLength(1)
      const late = fenced(leading(clusterTravelMaxMs - 1))
      await expect(send(late.fence.effects)).rejects.toThrow(NotLeadingError)
      expect(late.wire.requests).toEqual([])
    },
  )

  test.each(effectsOnCluster)('%s carries the moment after which it must not leave any more', async (_name, send) => {
    const { wire, fence, clock } = fenced(leading(clusterTravelMaxMs + 700))
    await send(fence.effects)
    expect(wire.requests[0]?.notAfter).toBe(clock.mono() + 700)
  })

  test.each(effectsOnPower)('%s needs a lease that outlives what a power command may travel', async (name, send) => {
    const { sent, fence } = fenced(leading(powerTravelMaxMs))
    await send(fence.effects)
    expect(sent).toEqual([name])
    await expect(send(fenced(leading(powerTravelMaxMs - 1)).fence.effects)).rejects.toThrow(NotLeadingError)
  })

  test.each(effectsOnPower)('%s waits until no command of the leader before can be under way', async (_name, send) => {
    const { sent, fence } = fenced(leading(15_000, 29_000))
    await expect(send(fence.effects)).rejects.toThrow(GuardGapError)
    await expect(send(fence.effects)).rejects.toMatchObject({ retryAfterMs: 1_000 })
    expect(sent).toEqual([])
    const unled = fenced({ remainingMs: () => 15_000, leadingForMs: () => undefined })
    await expect(send(unled.fence.effects)).rejects.toThrow(GuardGapError)
  })

  test.each([...effectsOnCluster, ...effectsOnPower])(
    '%s on evidence goes out while that is fresh, and not a moment longer',
    async (_name, send) => {
      const { sent, wire, fence, clock } = fenced(leading(60_000))
      const effects = fence.onEvidenceOf(clock.mono())
      await clock.advance(10_000)
      await send(effects)
      expect(wire.requests.length + sent.length).toBe(1)
      await clock.advance(1)
      await expect(send(effects)).rejects.toThrow(StaleEvidenceError)
      expect(wire.requests.length + sent.length).toBe(1)
    },
  )

  test('the age of evidence goes down with the request, where it ends before the lease', async () => {
    const { wire, fence, clock } = fenced(leading(60_000))
    await clock.advance(1_000)
    await fence.onEvidenceOf(clock.mono()).cluster.patch(nodeKind, ref, patch)
    expect(wire.requests[0]?.notAfter).toBe(clock.mono() + 10_000)
  })

  test('reading a BMC needs no lease', async () => {
    expect(await fenced(leading(-1)).fence.effects.power.read(bmc)).toMatchObject({ power: 'On' })
  })
})

describe('inert', () => {
  const scope = { ownGroup: 'prunella.dev', ownLease: { namespace: 'prunella', name: 'prunella-leader' } }

  test.each([...effectsOnCluster, ...effectsOnPower])('%s is refused before it is sent', async (_name, send) => {
    const { sent, effects } = recordingEffects()
    await expect(send(inert(effects, scope))).rejects.toThrow(InertError)
    expect(sent).toEqual([])
  })

  test('our own objects, our own lease and events are written', async () => {
    const { sent, effects } = recordingEffects()
    const { cluster } = inert(effects, scope)
    await cluster.patch({ ...nodeKind, group: 'prunella.dev' }, ref, patch)
    await cluster.patch(leaseKind, scope.ownLease, patch)
    await cluster.create({ ...nodeKind, group: 'events.k8s.io' }, { metadata: ref })
    expect(sent).toEqual(['patch', 'patch', 'create'])
  })

  test('it is asked before every effect', async () => {
    const { sent, effects } = recordingEffects()
    let isInert = false
    const { cluster } = inert(effects, scope, () => isInert)
    await cluster.patch(nodeKind, ref, patch)
    isInert = true
    await expect(cluster.patch(nodeKind, ref, patch)).rejects.toThrow(InertError)
    expect(sent).toEqual(['patch'])
  })

  test("a node's lease is not ours", async () => {
    const { effects } = recordingEffects()
    const { cluster } = inert(effects, scope)
    await expect(cluster.patch(leaseKind, { namespace: 'kube-node-lease', name: 'node-1' }, patch)).rejects.toThrow(
      InertError,
    )
    await expect(cluster.patch(leaseKind, { namespace: 'prunella', name: 'other' }, patch)).rejects.toThrow(InertError)
  })
})

function fenced(leadership: FencePorts['leadership']) {
  const [clock, wire, { sent, effects }] = [new FakeClock(), new FakeTransport(), recordingEffects()]
  wire.respond = () => ok({})
  const fence = new Fence({ clock, leadership, transport: wire, power: effects.power }, { guardGapMs: 30_000 })
  return { clock, wire, sent, fence }
}

const leading = (remainingMs: number, leadingForMs = 30_000) => ({
  remainingMs: () => remainingMs,
  leadingForMs: () => leadingForMs,
})
