import { describe, expect, test } from 'vitest'
import { type Lease, leaseKind } from '../api/core/kinds.ts'
import { isObject, type JsonObject } from '../kernel/json.ts'
import { Prng } from '../kernel/prng.ts'
import type { Cluster } from '../ports/cluster.ts'
import { AlreadyExistsError, ConflictError, TimeoutError } from '../ports/errors.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { FakeLog } from './fake-log.fixture.ts'
import { LeaderElection } from './leader-election.ts'

describe('one candidate', () => {
  test('leads at once where there is no lease, and makes it', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    expect(one.election.remainingMs()).toBe(14_500)
    expect(one.log).toEqual(['started'])
    expect(world.lease).toMatchObject({ holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 0 })
    expect(world.spec['renewTime']).toMatch(/\.\d{6}Z$/)
  })

  test('renews every five seconds at the latest, and counts from before each write', async () => {
    const world = new World()
    const { election } = world.candidate('one')
    let leastMs = Number.POSITIVE_INFINITY
    for (let second = 0; second < 120; second += 1) {
      await world.clock.advance(1_000)
      leastMs = Math.min(leastMs, election.remainingMs())
    }
    expect(leastMs).toBeGreaterThanOrEqual(14_500 - 5_000)
    expect(world.writes).toBeGreaterThanOrEqual(24)
    expect(world.writes).toBeLessThanOrEqual(31)
    expect(world.reads).toBe(1)
  })

  test('counts from the question where the answer comes late: the others may have seen the write long before', async () => {
    const world = new World()
    world.answerMs = 3_000
    const { election } = world.candidate('one')
    await world.clock.advance(3_000)
    expect(election.remainingMs()).toBe(14_500 - 3_000)
    const writesBefore = world.writes
    let mostMs = 0
    for (let tenth = 0; tenth < 200; tenth += 1) {
      await world.clock.advance(100)
      mostMs = Math.max(mostMs, election.remainingMs())
    }
    expect(world.writes).toBeGreaterThan(writesBefore)
    expect(mostMs).toBeGreaterThan(14_500 - 3_200)
    expect(mostMs).toBeLessThanOrEqual(14_500 - 3_000)
  })

  test('knows for how long it has led', async () => {
    const world = new World()
    const { election } = world.candidate('one')
    expect(election.leadingForMs()).toBe(undefined)
    await world.clock.advance(0)
    await world.clock.advance(31_000)
    expect(election.leadingForMs()).toBe(31_000)
  })

  test('stops on time, while a renewal still waits for its answer', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    world.hang = true
    await world.clock.advance(14_499)
    expect(one.log).toEqual(['started'])
    await world.clock.advance(1)
    expect(one.log).toEqual(['started', 'stopped'])
    expect(one.election.leadingForMs()).toBe(undefined)
  })

  test('that stood still knows at the first look that its time is over', async () => {
    const world = new World()
    const { election } = world.candidate('one')
    await world.clock.advance(0)
    world.clock.freeze(15_000)
    expect(election.remainingMs()).toBeLessThanOrEqual(0)
    expect(election.leadingForMs()).toBe(undefined)
  })

  test('starts a new term after a gap, even where nobody else led in between', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    world.failure = new TimeoutError('no answer')
    await world.clock.advance(20_000)
    world.failure = undefined
    await world.clock.advance(2_000)
    expect(one.log).toEqual(['started', 'stopped', 'started'])
    expect(one.election.leadingForMs()).toBeLessThanOrEqual(2_000)
  })

  test('that stood still beyond its time starts a new term, and says that the old one ended', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    world.clock.freeze(20_000)
    await world.clock.advance(0)
    expect(one.log).toEqual(['started', 'stopped', 'started'])
    expect(one.election.leadingForMs()).toBe(0)
  })

  test('survives a lost answer: what was written is read, and the term goes on', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    world.loseAnswers = 1
    await world.clock.advance(60_000)
    expect(one.log).toEqual(['started'])
    expect(world.lease?.leaseTransitions).toBe(0)
  })

  test('whoever waits for the lead is told', async () => {
    const world = new World()
    const { election } = world.candidate('one')
    const told: string[] = []
    void election.whenLeading(new AbortController().signal).then(() => told.push('leads'))
    const impatient = new AbortController()
    void election.whenLeading(impatient.signal).then(() => told.push('gave up'))
    impatient.abort()
    await world.clock.advance(0)
    expect(told).toEqual(['gave up', 'leads'])
  })
})

describe('two candidates', () => {
  test('never lead at once, and the second waits for the end of the lease', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    const two = world.candidate('two')
    await world.clock.advance(60_000)
    expect(two.election.remainingMs()).toBeLessThanOrEqual(0)
    one.kill()
    for (let tenth = 0; tenth < 300; tenth += 1) {
      await world.clock.advance(100)
      expect([one.election, two.election].filter((election) => election.remainingMs() > 0).length).toBeLessThanOrEqual(
        1,
      )
    }
    expect(two.log).toEqual(['started'])
    expect(world.lease).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 })
  })

  test('judge the silence of the other by their own clock, whatever time it has written', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    one.kill()
    world.store({ ...world.spec, renewTime: '2036-01-01T00:00:00.000000Z' })
    const two = world.candidate('two')
    await world.clock.advance(14_900)
    expect(two.log).toEqual([])
    world.clock.jump(3_600_000)
    await world.clock.advance(3_000)
    expect(two.log).toEqual(['started'])
  })

  test('take over within a moment when the lease is given back', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    const two = world.candidate('two')
    one.kill()
    await one.election.release()
    expect(world.lease?.holderIdentity).toBe('')
    expect(one.log).toEqual(['started', 'stopped'])
    await world.clock.advance(2_000)
    expect(two.log).toEqual(['started'])
  })

  test('a leader who dies is followed in less than 18 seconds, whenever that happens', async () => {
    for (let died = 0; died < 5_000; died += 500) {
      const world = new World()
      const one = world.candidate('one')
      await world.clock.advance(0)
      const two = world.candidate('two')
      await world.clock.advance(20_000 + died)
      one.kill()
      await world.clock.advance(17_100)
      expect(two.log, `died ${died} ms after a renewal`).toEqual(['started'])
    }
  })

  test('a leader who stands back acts no more at once, gives the lease back when nothing can be under way, and stays back', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    const two = world.candidate('two')
    void one.election.standBack(60_000)
    expect(one.election.remainingMs()).toBe(Number.NEGATIVE_INFINITY)
    await world.clock.advance(9_900)
    expect(two.log).toEqual([])
    await world.clock.advance(2_200)
    expect(two.log).toEqual(['started'])
    two.kill()
    await world.clock.advance(40_000)
    expect(one.log).toEqual(['started', 'stopped'])
    await world.clock.advance(10_000)
    expect(one.log).toEqual(['started', 'stopped', 'started'])
  })

  test('a machine that was suspended leads no more, even where its monotonic clock stood still', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    world.clock.jump(14_500)
    expect(one.election.remainingMs()).toBeLessThanOrEqual(0)
    expect(one.election.leadingForMs()).toBeUndefined()
  })

  test('a candidate that never led gives nothing back', async () => {
    const world = new World()
    world.candidate('one')
    await world.clock.advance(0)
    const two = world.candidate('two')
    two.kill()
    await two.election.release()
    expect(world.lease?.holderIdentity).toBe('one')
  })

  test('a leader whose lease was taken away stops at once', async () => {
    const world = new World()
    const one = world.candidate('one')
    await world.clock.advance(0)
    world.store({ ...world.spec, holderIdentity: 'somebody' })
    await world.clock.advance(7_000)
    expect(one.log).toEqual(['started', 'stopped'])
  })
})

/** One lease on an API server whose faults a test switches. */
class World {
  readonly clock = new FakeClock()
  lease: Lease | undefined
  spec: JsonObject = {}
  reads = 0
  writes = 0
  hang = false
  answerMs = 0
  loseAnswers = 0
  failure: Error | undefined
  #version = 0

  readonly cluster: Pick<Cluster, 'get' | 'create' | 'patch'> = {
    get: async (kind) => {
      await this.#trouble()
      this.reads += 1
      return this.lease === undefined ? undefined : kind.project(this.#raw())
    },
    create: async (kind, object) => {
      await this.#trouble()
      if (this.lease !== undefined) throw new AlreadyExistsError('lease')
      return await this.#answer(kind.project(this.store(object['spec'])))
    },
    patch: async (kind, _ref, patch) => {
      await this.#trouble()
      if (patch.type !== 'Merge' || patch.resourceVersion !== String(this.#version)) throw new ConflictError('lease')
      return await this.#answer(kind.project(this.store({ ...this.spec, ...specOf(patch.body) })))
    },
  }

  store(spec: unknown): JsonObject {
    this.spec = isObject(spec) ? spec : {}
    this.#version += 1
    this.writes += 1
    this.lease = leaseKind.project(this.#raw())
    return this.#raw()
  }

  candidate(identity: string) {
    const stop = new AbortController()
    const log: string[] = []
    const ports = { clock: this.clock, local: this.clock, prng: new Prng(3), cluster: this.cluster, log: new FakeLog() }
    const election = new LeaderElection(ports, {
      lease: { namespace: 'prunella', name: 'prunella-leader' },
      identity,
      onStartedLeading: () => void log.push('started'),
      onStoppedLeading: () => void log.push('stopped'),
    })
    void election.run(stop.signal)
    return { election, log, kill: () => stop.abort() }
  }

  #raw(): JsonObject {
    return { metadata: { name: 'prunella-leader', uid: 'u1', resourceVersion: String(this.#version) }, spec: this.spec }
  }

  async #trouble(): Promise<void> {
    if (this.hang) await new Promise(() => {})
    if (this.failure !== undefined) throw this.failure
  }

  async #answer<Thing>(thing: Thing): Promise<Thing> {
    if (this.answerMs > 0) await this.clock.sleep(this.answerMs)
    if (this.loseAnswers === 0 || this.writes === 1) return thing
    this.loseAnswers -= 1
    await this.clock.sleep(5_000)
    throw new TimeoutError('no answer')
  }
}

const specOf = ({ spec }: JsonObject): JsonObject => (isObject(spec) ? spec : {})
