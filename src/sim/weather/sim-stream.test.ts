import { beforeEach, describe, expect, test } from 'vitest'
import { textAt } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { WatchEvent } from '../api-server/api-request.ts'
import { Loop } from '../loop.ts'
import type { Chance } from '../plan/fault.ts'
import type { Strike } from '../plan/plan.ts'
import { Faults } from './faults.ts'
import { Outages } from './outages.ts'
import { someProcess } from './process.fixture.ts'
import type { Process } from './process.ts'
import { SimStream } from './sim-stream.ts'
import { Strikes } from './strikes.ts'

let loop: Loop
let outages: Outages
let process: Process
let stream: SimStream
let heard: string[]

/** A watch whose every occasion brings the fault. */
function open(always: readonly Chance[] = [], struck: readonly Strike[] = []): void {
  loop = new Loop(new Prng(3))
  outages = new Outages()
  process = someProcess(loop, outages.changed)
  heard = []
  const faults = new Faults(Object.fromEntries(always.map((fault) => [fault, 1_000_000])), new Prng(1))
  faults.areOff = false
  const strikes = new Strikes(struck, faults)
  const path = '/api/v1/nodes'
  stream = new SimStream({ loop, faults, outages, strikes, prng: new Prng(2), process, path, tell: () => {} })
  stream.open({ timeoutSeconds: undefined, stop: () => {}, close: () => {} }, new AbortController().signal)
  void listen()
}

beforeEach(() => open())

async function listen(): Promise<void> {
  try {
    for await (const event of stream.events()) heard.push(inWords(event))
    heard.push('end')
  } catch {
    heard.push('broken')
  }
}

const inWords = (event: unknown): string =>
  `${textAt(event, 'type')} ${textAt(event, 'object', 'metadata', 'name') ?? textAt(event, 'object', 'reason')}`

const tell = (type: WatchEvent['type'], name: string): void => stream.push({ type, object: { metadata: { name } } })

describe('a watch', () => {
  test('tells in order, late or not', async () => {
    open(['WatchDelayed'])
    for (const name of ['a', 'b', 'c']) tell('ADDED', name)
    await loop.runFor(500)
    expect(heard).toEqual([])
    await loop.runFor(seconds(20))
    expect(heard).toEqual(['ADDED a', 'ADDED b', 'ADDED c'])
  })

  test('through which nothing gets holds what was sent, and its end, until something does', async () => {
    const heal = process.replica.cutFromServer.take()
    tell('ADDED', 'a')
    stream.end()
    await loop.runFor(minutes(1))
    expect(heard).toEqual([])
    heal()
    await loop.runFor(1)
    expect(heard).toEqual(['ADDED a', 'end'])
  })

  test('breaks when the API server goes down', async () => {
    outages.serverDown.take()
    await loop.runFor(1)
    expect(heard).toEqual(['broken'])
  })

  test('that is thinned out for a while tells nothing of what came and went in between, and the last of the rest', async () => {
    open(['WatchCoalesced'])
    for (let second = 0; second < 300; second += 1) {
      tell('ADDED', `guest-${second}`)
      tell('DELETED', `guest-${second}`)
      tell('MODIFIED', `node`)
      await loop.runFor(seconds(1))
    }
    const told = (word: string): number => heard.filter((line) => line.startsWith(word)).length
    expect(told('ADDED')).toBeLessThan(300)
    expect([told('DELETED'), told('MODIFIED') < 300]).toEqual([told('ADDED'), true])
    expect(heard.at(-1)).toBe('MODIFIED node')
  })

  test('whose past is forgotten says so and ends', async () => {
    open(['WatchExpired'])
    await loop.runFor(minutes(5))
    expect(heard).toEqual(['ERROR Expired', 'end'])
  })

  test('can leave an event out', async () => {
    open(['WatchEventLost'])
    tell('ADDED', 'a')
    tell('BOOKMARK', 'b')
    await loop.runFor(seconds(1))
    expect(heard).toEqual(['BOOKMARK b'])
  })

  test('leaves the one out that the plan names, of the collection that it names', async () => {
    const lost = { replica: 0, start: 1, request: 2, fault: 'WatchEventLost' } as const
    open(
      [],
      [
        { ...lost, collection: 'nodes' },
        { ...lost, collection: 'pods', request: 1 },
      ],
    )
    tell('ADDED', 'a')
    tell('BOOKMARK', 'b')
    tell('ADDED', 'c')
    tell('ADDED', 'd')
    await loop.runFor(seconds(1))
    expect(heard).toEqual(['ADDED a', 'BOOKMARK b', 'ADDED d'])
  })
})
