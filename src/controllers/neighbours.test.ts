import { expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import { noOtherActor } from '../domain/surroundings/no-other-actor.ts'
import type { JsonObject } from '../kernel/json.ts'
import { Prng } from '../kernel/prng.ts'
import { clusterOver } from '../runtime/client.ts'
import { FakeClock } from '../runtime/fake-clock.fixture.ts'
import { FakeLog } from '../runtime/fake-log.fixture.ts'
import { FakeTransport, failed, notFound, ok } from '../runtime/fake-transport.fixture.ts'
import { allNeighbours, createNeighbourInformers } from './neighbour-informers.ts'
import { Neighbours } from './neighbours.ts'

const meta = { name: 'n-1', namespace: 'ops', uid: 'u-1', resourceVersion: '7' }
const maintenance = { metadata: { ...meta, namespace: '' }, spec: { nodeName: 'node-1' } }
const cycle = { metadata: meta, spec: { nodeName: 'node-1' }, status: { phase: 'DrainingPods' } }
const request = { metadata: meta, spec: { nodeNames: ['node-1'] } }
const machine = {
  metadata: { ...meta, deletionTimestamp: '2026-11-21T11:59:00Z' },
  status: { nodeRef: { name: 'node-1' } },
}
const lease = {
  metadata: { ...meta, name: 'node-node-1', namespace: 'medik8s-leases' },
  spec: { holderIdentity: 'node-maintenance', renewTime: '2126-11-21T11:59:00Z', leaseDurationSeconds: 60 },
}

interface Served {
  readonly group: string
  readonly plural: string
  readonly item: JsonObject
}

/** A cluster that serves this one collection, or none. */
async function bed(served: Served | undefined) {
  const [clock, transport, abort] = [new FakeClock(), new FakeTransport(), new AbortController()]
  const world = { served }
  transport.respond = ({ path }) => {
    const { group = '', plural = '', item = {} } = world.served ?? {}
    const isServed = path.startsWith(`/apis/${group}/`) && path.includes(`/${plural}`)
    if (!isServed) return notFound('n-1')
    return path.endsWith(plural) ? ok({ items: [item], metadata: { resourceVersion: '20' } }) : ok(item)
  }
  // An older server: lists come in pages.
  transport.open = ({ query }) => (query?.['sendInitialEvents'] === 'true' ? failed(422) : ok({}))
  const informers = createNeighbourInformers({ clock, transport, log: new FakeLog(), prng: new Prng(1) })
  for (const informer of allNeighbours(informers)) void informer.run(abort.signal)
  await clock.advance(1_000)
  const neighbours = new Neighbours(informers, clusterOver(transport))
  const who = (actors: ReturnType<typeof neighbours.seen>, nodeName = 'node-1') => {
    const node = nodeKind.project({ metadata: { name: nodeName } })
    return noOtherActor({ node, actors, runs: [], upgrade: undefined, now: clock.now() })
  }
  return { neighbours, who, world, abort }
}

test('a cluster that serves none of the kinds of others has nobody else', async () => {
  const { neighbours, who, abort } = await bed(undefined)
  expect(who(neighbours.seen('node-1')).result).toBe('Pass')
  expect(who(await neighbours.fresh('node-1')).result).toBe('Pass')
  abort.abort()
})

test.each([
  ['nodemaintenance.medik8s.io', 'nodemaintenances', maintenance, 'works on node node-1, by NodeMaintenance n-1'],
  ['atlassian.com', 'cyclenodestatuses', cycle, 'by CycleNodeStatus ops/n-1 (DrainingPods)'],
  ['atlassian.com', 'cyclenoderequests', request, 'by CycleNodeRequest ops/n-1'],
  ['machine.openshift.io', 'machines', machine, 'Machine ops/n-1 of node node-1 is being deleted'],
  ['coordination.k8s.io', 'leases', lease, 'node-maintenance holds Lease medik8s-leases/node-node-1'],
])(
  'in %s whoever says so in %s acts on the node, by the cache and by a live read, until it is gone',
  async (...[group, plural, item, words]) => {
    const { neighbours, who, world, abort } = await bed({ group, plural, item })
    console.log(who(neighbours.seen('node-1')).message)
    expect(who(neighbours.seen('node-1')).message).toContain(words)
    expect(who(await neighbours.fresh('node-1')).message).toContain(words)
    expect(who(neighbours.seen('node-2'), 'node-2').result).toBe('Pass')
    world.served = undefined
    expect(who(await neighbours.fresh('node-1')).result).toBe('Pass')
    abort.abort()
  },
)
