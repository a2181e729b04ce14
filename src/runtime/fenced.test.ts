import { describe, expect, test } from 'vitest'
import { leaseKind } from '../api/core/kinds.ts'
import { nodeKind } from '../api/core/node.ts'
import { clusterTravelMaxMs, powerTravelMaxMs } from '../ports/errors.ts'
import type { BmcAccess } from '../ports/power.ts'
import { recordingEffects } from './effects.fixture.ts'
import { type Effects, fenced, GuardGapError, NotLeadingError } from './fenced.ts'
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
    async (name, send) => {
      const { sent, effects } = recordingEffects()
      await send(fenced(effects, leading(clusterTravelMaxMs)))
      expect(sent).toEqual([name])
      await expect(send(fenced(effects, leading(clusterTravelMaxMs - 1)))).rejects.toThrow(NotLeadingError)
      expect(sent).toEqual([name])
    },
  )

  test.each(effectsOnPower)('%s needs a lease that outlives what a power command may travel', async (name, send) => {
    const { sent, effects } = recordingEffects()
    await expect(send(fenced(effects, leading(powerTravelMaxMs - 1)))).rejects.toThrow(NotLeadingError)
    await send(fenced(effects, leading(powerTravelMaxMs)))
    expect(sent).toEqual([name])
  })

  test.each(effectsOnPower)('%s waits until no command of the leader before can be under way', async (_name, send) => {
    const { sent, effects } = recordingEffects()
    const young = fenced(effects, leading(15_000, 29_000))
    await expect(send(young)).rejects.toThrow(GuardGapError)
    await expect(send(young)).rejects.toMatchObject({ retryAfterMs: 1_000 })
    await expect(send(fenced(effects, { remainingMs: () => 15_000, leadingForMs: () => undefined }))).rejects.toThrow(
      GuardGapError,
    )
    expect(sent).toEqual([])
  })

  test('reading a BMC needs no lease', async () => {
    const { effects } = recordingEffects()
    expect(await fenced(effects, leading(-1)).power.read(bmc)).toMatchObject({ power: 'On' })
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

  test("a node's lease is not ours", async () => {
    const { effects } = recordingEffects()
    const { cluster } = inert(effects, scope)
    await expect(cluster.patch(leaseKind, { namespace: 'kube-node-lease', name: 'node-1' }, patch)).rejects.toThrow(
      InertError,
    )
    await expect(cluster.patch(leaseKind, { namespace: 'prunella', name: 'other' }, patch)).rejects.toThrow(InertError)
  })
})

const leading = (remainingMs: number, leadingForMs = 30_000) => ({
  remainingMs: () => remainingMs,
  leadingForMs: () => leadingForMs,
})
