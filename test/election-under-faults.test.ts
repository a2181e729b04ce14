import { expect, test } from 'vitest'
import { leaseKind } from '../src/api/core/kinds.ts'
import { Prng } from '../src/kernel/prng.ts'
import { type Mono, mono } from '../src/kernel/time.ts'
import type { Clock } from '../src/ports/clock.ts'
import { clusterOver } from '../src/runtime/client.ts'
import { FakeClock } from '../src/runtime/fake-clock.fixture.ts'
import { FakeLog } from '../src/runtime/fake-log.fixture.ts'
import { LeaderElection } from '../src/runtime/leader-election.ts'
import { ApiServer } from '../src/sim/api-server/api-server.ts'
import { inProcessTransport } from '../src/sim/api-server/in-process-transport.ts'
import { FaultyTransport } from './faulty-transport.fixture.ts'

const seeds = Array.from({ length: 12 }, (_, index) => index + 1)
const lease = { namespace: 'default', name: 'prunella-leader' }

test.each(seeds)('seed %i: never two leaders at once, and one again as soon as the network allows', async (seed) => {
  const world = new World(seed)
  for (let tick = 0; tick < 3_000; tick += 1) {
    world.disturb(tick)
    await world.clock.advance(200)
    expect(world.leaders().length).toBeLessThanOrEqual(1)
  }
  world.heal()
  await world.clock.advance(40_000)
  expect(world.leaders()).toHaveLength(1)
  const stored = world.server
    .stored('leases.coordination.k8s.io', 'default')
    .map((raw) => leaseKind.project(raw).holderIdentity)
  expect(stored).toEqual(world.leaders().map(({ identity }) => identity))
})

interface Candidate {
  readonly identity: string
  readonly election: LeaderElection
  readonly stop: AbortController
}

/** Three candidates behind bad networks, with clocks that begin anywhere and run at slightly different speeds. */
class World {
  readonly clock = new FakeClock()
  readonly server = new ApiServer({ now: this.clock.now })
  readonly #prng: Prng
  readonly #transports: readonly FaultyTransport[]
  readonly #candidates: Candidate[]

  constructor(seed: number) {
    this.#prng = new Prng(seed)
    this.#transports = [0, 1, 2].map((index) => {
      const prng = this.#prng.fork(`faults/${index}`)
      return new FaultyTransport(inProcessTransport(this.server), { clock: this.clock, prng })
    })
    this.#candidates = [0, 1, 2].map((index) => this.#start(index, 0))
  }

  leaders(): readonly Candidate[] {
    return this.#candidates.filter(({ election }) => election.remainingMs() > 0)
  }

  /** Networks get better and worse, and now and then a process dies or gives the lease back, and starts anew. */
  disturb(tick: number): void {
    const draw = this.#prng.fork(`tick/${tick}`)
    const index = draw.int(0, 2)
    const transport = this.#transports[index]
    if (tick % 25 === 0 && transport !== undefined) transport.perMille = draw.int(0, 3) * 150
    if (!draw.fork('restart').chance(10)) return
    const old = this.#candidates[index]
    old?.stop.abort()
    if (draw.fork('graceful').chance(500)) void old?.election.release()
    this.#candidates[index] = this.#start(index, tick)
  }

  heal(): void {
    for (const transport of this.#transports) transport.perMille = 0
  }

  #start(index: number, tick: number): Candidate {
    const identity = `candidate-${index}-${tick}`
    const clock = this.#clockOf(index)
    const transport = this.#transports[index] ?? inProcessTransport(this.server)
    const stop = new AbortController()
    const ports = {
      clock,
      local: clock,
      prng: this.#prng.fork(identity),
      cluster: clusterOver(transport, 'Lease'),
      log: new FakeLog(),
    }
    const election = new LeaderElection(ports, { lease, identity })
    void election.run(stop.signal)
    return { identity, election, stop }
  }

  /** Up to one and a half per cent too fast or too slow, and hours apart on the wall. */
  #clockOf(index: number): Clock {
    const speed = 1 + this.#prng.fork(`speed/${index}`).int(-15, 15) / 1_000
    const local = (ms: number): Mono => mono(ms * speed + index * 1_000_000)
    return {
      now: this.clock.now,
      mono: () => local(this.clock.mono()),
      sleep: async (ms, signal) => await this.clock.sleep(ms / speed, signal),
    }
  }
}
