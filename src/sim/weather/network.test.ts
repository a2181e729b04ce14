import { beforeEach, describe, expect, test } from 'vitest'
import { textAt } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes, seconds } from '../../kernel/time.ts'
import type { Transport, TransportRequest } from '../../ports/transport.ts'
import { ApiServer } from '../api-server/api-server.ts'
import { WorldClient } from '../api-server/world-client.ts'
import { Loop } from '../loop.ts'
import type { Chance } from '../plan/fault.ts'
import type { Strike } from '../plan/plan.ts'
import { Faults } from './faults.ts'
import { Network } from './network.ts'
import { Outages } from './outages.ts'
import { Replica } from './replica.ts'
import { StaleViews } from './stale-views.ts'
import { Strikes } from './strikes.ts'

let loop: Loop
let server: ApiServer
let outages: Outages
let replica: Replica
let transport: Transport

/** A road on which the n-th request of the first process meets what is asked for. */
function build(strikes: readonly (readonly [number, Strike['fault']])[] = [], always: readonly Chance[] = []): void {
  loop = new Loop()
  server = new ApiServer({ now: loop.now })
  new WorldClient(server).create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  outages = new Outages()
  const prng = new Prng(1)
  const faults = new Faults(Object.fromEntries(always.map((fault) => [fault, 1_000_000])), prng)
  faults.areOff = false
  const boot = (process: Parameters<Network['transportOf']>[0]): void => {
    transport = network.transportOf(process)
  }
  const network = new Network({
    loop,
    faults,
    outages,
    strikes: new Strikes(
      strikes.map(([request, fault]) => ({ replica: 0, start: 1, request, fault })),
      faults,
    ),
    prng,
    server,
    views: new StaleViews({ loop, server, faults, prng }),
    user: 'operator',
    witness: () => {},
    tell: () => {},
    onRequest: () => {},
    disturb: () => {},
  })
  replica = new Replica({ loop, plan: { skewMs: 0, driftPpm: 0 }, index: 0, boot, tell: () => {} }, outages.changed)
  replica.start()
}

beforeEach(() => build())

const get: TransportRequest = {
  method: 'GET',
  path: '/api/v1/namespaces/shop',
  timeoutMs: seconds(5),
  lane: 'Request',
}
const label = (value: string): TransportRequest => ({
  ...get,
  method: 'PATCH',
  headers: { 'content-type': 'application/merge-patch+json' },
  body: { metadata: { labels: { value } } },
})

/** The status, the name of the error, or `nothing` while there is no answer. */
async function outcomeOf(request: TransportRequest, withinMs = seconds(10)): Promise<string> {
  const answer = transport.request(request).then(
    ({ status }) => String(status),
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )
  await loop.runFor(withinMs)
  return await Promise.race([answer, Promise.resolve('nothing')])
}

const isLabelled = (value: string): boolean =>
  textAt(new WorldClient(server).get('namespaces', { name: 'shop' }), 'metadata', 'labels', 'value') === value

describe('a request', () => {
  test.each([
    ['RequestLost', 'TimeoutError', false],
    ['ResponseLost', 'TimeoutError', true],
    ['RequestLate', 'TimeoutError', true],
    ['ServerRefused', 'UnavailableError', false],
    ['Throttled', '429', false],
    ['ServerUnavailable', '503', false],
    ['ServerFailed', '500', false],
    ['ServerTimedOut', '504', true],
    ['AnswerSlow', '200', true],
    ['WebhookFailed', '500', false],
    ['WebhookSlow', '500', false],
  ] as const)('that meets %s ends in %s, and was done: %s', async (fault, outcome, isDone) => {
    build([[1, fault]])
    expect([await outcomeOf(label('new')), isLabelled('new')]).toEqual([outcome, isDone])
  })

  test('at which its process is killed before it leaves is never served; another process goes on', async () => {
    build([[2, 'KilledBefore']])
    expect(await outcomeOf(get)).toBe('200')
    expect([await outcomeOf(label('new'), seconds(1)), isLabelled('new')]).toEqual(['nothing', false])
    await loop.runFor(minutes(1))
    expect([replica.process?.start, await outcomeOf(get)]).toEqual([2, '200'])
  })

  test('at which its process is killed once it was served is done, and nobody hears of it', async () => {
    build([[1, 'KilledAfter']])
    expect([await outcomeOf(label('new')), isLabelled('new')]).toEqual(['nothing', true])
  })

  test('of a process that freezes just before it leaves is sent when it is thawed, not before', async () => {
    replica.freezeBeforeWrite(seconds(30))
    expect(await outcomeOf(get)).toBe('200')
    expect([await outcomeOf(label('new'), seconds(29)), isLabelled('new')]).toEqual(['nothing', false])
    await loop.runFor(seconds(2))
    expect(isLabelled('new')).toBe(true)
  })
})

describe('an outage', () => {
  test('of the API server refuses everything; of its store only what writes', async () => {
    const heal = outages.etcdReadOnly.take()
    expect([await outcomeOf(get), await outcomeOf(label('new')), isLabelled('new')]).toEqual(['200', '500', false])
    heal()
    outages.serverDown.take()
    expect([await outcomeOf(get), await outcomeOf(label('new'))]).toEqual(['UnavailableError', 'UnavailableError'])
  })

  test('of one connection silences that one', async () => {
    outages.clog(0, get.path)
    expect([await outcomeOf(get), await outcomeOf({ ...get, path: '/api/v1/nodes' })]).toEqual(['TimeoutError', '200'])
  })

  test('of the road of one replica silences all it asks', async () => {
    replica.cutFromServer.take()
    expect(await outcomeOf(get)).toBe('TimeoutError')
  })
})

describe('a stale view', () => {
  const labelSeen = async (query: Readonly<Record<string, string>>): Promise<string> => {
    const answer = transport.request({ ...get, query })
    await loop.runFor(seconds(1))
    return textAt((await answer).body, 'metadata', 'labels', 'value') ?? 'none'
  }

  test('is shown to those who ask for any version, never to those who ask without one', async () => {
    build([], ['StaleRead'])
    for (const value of ['one', 'two', 'three']) {
      await outcomeOf(label(value), seconds(20))
    }
    const seen = new Set<string>()
    for (let count = 0; count < 30; count += 1) seen.add(await labelSeen({ resourceVersion: '0' }))
    expect([...seen].toSorted()).toEqual(['none', 'one', 'three', 'two'])
    for (let count = 0; count < 30; count += 1) expect(await labelSeen({})).toBe('three')
  })
})
