import { expect, test } from 'vitest'
import { type Node, nodeKind } from '../src/api/core/node.ts'
import { type KubeObject, keyOf } from '../src/api/kind.ts'
import { assert } from '../src/kernel/assert.ts'
import { isObject } from '../src/kernel/json.ts'
import { Prng } from '../src/kernel/prng.ts'
import type { Change } from '../src/runtime/cache.ts'
import { FakeClock } from '../src/runtime/fake-clock.fixture.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { Informer } from '../src/runtime/informer.ts'
import { ApiServer } from '../src/sim/api-server/api-server.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { FaultyTransport } from './faulty-transport.fixture.ts'

const seeds = Array.from({ length: 25 }, (_, index) => index + 1)

test.each(seeds)('seed %i: whatever the network did, in the end the cache is what the server is', async (seed) => {
  const world = new World(seed)
  await world.live({ minutes: 20, perMille: 40 })
  world.transport.perMille = 0
  await world.live({ minutes: 35, perMille: 0 })
  expect(world.cached()).toEqual(world.stored())
  expect(world.replayed()).toEqual(world.stored())
  expect(world.informer.defects).toBe(0)
})

test.each([1, 2, 3])('seed %i: without faults the cache never lags behind by more than a moment', async (seed) => {
  const world = new World(seed)
  await world.clock.advance(0)
  for (let second = 0; second < 120; second += 1) {
    world.mutate()
    await world.clock.advance(1_000)
    expect(world.cached()).toEqual(world.stored())
  }
})

test('a server that forgets its past makes nobody forget the present', async () => {
  const world = new World(7)
  for (let round = 0; round < 20; round += 1) {
    world.mutate()
    world.server.compact()
    await world.clock.advance(5_000)
  }
  await world.clock.advance(60_000)
  expect(world.cached()).toEqual(world.stored())
})

/** A server with a few nodes that come and go, and an informer behind a bad network. */
class World {
  readonly clock = new FakeClock()
  readonly server = new ApiServer({ now: this.clock.now })
  readonly transport: FaultyTransport
  readonly informer: Informer<Node>
  readonly #prng: Prng
  /** What a listener knows that is told of every change. */
  readonly #told = new Map<string, Node>()
  #mutations = 0

  constructor(seed: number) {
    this.#prng = new Prng(seed)
    this.transport = new FaultyTransport(inProcessTransport(this.server), {
      clock: this.clock,
      prng: this.#prng.fork('faults'),
    })
    const ports = {
      clock: this.clock,
      prng: this.#prng.fork('informer'),
      transport: this.transport,
      log: new FakeLog(),
    }
    this.informer = new Informer(ports, { kind: nodeKind, indexes: {} })
    this.informer.onChange((change) => this.#note(change))
    void this.informer.run(new AbortController().signal)
  }

  async live({ minutes, perMille }: { readonly minutes: number; readonly perMille: number }): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.transport.perMille = perMille
      for (let tick = 0; tick < 6; tick += 1) {
        if (perMille > 0) this.mutate()
        if (perMille > 0 && this.#prng.fork(`compact/${minute}/${tick}`).chance(50)) this.server.compact()
        await this.clock.advance(10_000)
      }
      this.server.bookmark()
    }
  }

  /** Creates, changes, deletes, or deletes and creates anew. */
  mutate(): void {
    this.#mutations += 1
    const draw = this.#prng.fork(`mutation/${this.#mutations}`)
    const name = `node-${draw.int(1, 6)}`
    const isThere = this.server.stored('nodes').some((node) => nodeKind.project(node).metadata.name === name)
    if (!isThere) return this.#send('POST', '/api/v1/nodes', { metadata: { name } })
    if (draw.chance(300)) this.#send('DELETE', `/api/v1/nodes/${name}`)
    else this.#send('PATCH', `/api/v1/nodes/${name}`, { metadata: { labels: { mutation: String(this.#mutations) } } })
    if (draw.fork('anew').chance(500) && !this.#has(name)) this.#send('POST', '/api/v1/nodes', { metadata: { name } })
  }

  stored(): readonly string[] {
    return this.server
      .stored('nodes')
      .map((node) => identityOf(nodeKind.project(node)))
      .toSorted()
  }

  cached(): readonly string[] {
    return this.informer.list().map(identityOf).toSorted()
  }

  replayed(): readonly string[] {
    return [...this.#told.values()].map(identityOf).toSorted()
  }

  #has(name: string): boolean {
    return this.server.stored('nodes').some((node) => nodeKind.project(node).metadata.name === name)
  }

  #note({ key, old, new: current }: Change<Node>): void {
    assert(this.#told.get(key) === old, `${key} was told to be another than it was`)
    if (current === undefined) this.#told.delete(key)
    else this.#told.set(key, current)
  }

  #send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): void {
    const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
    const { status } = this.server.handle({ method, path, query: {}, headers, body: isObject(body) ? body : undefined })
    assert(status < 300, `${method} ${path}: ${status}`)
  }
}

const identityOf = (thing: KubeObject): string =>
  `${keyOf(thing)} ${thing.metadata.uid} ${thing.metadata.resourceVersion}`
