import { array, assert, asyncProperty, constantFrom, jsonValue, oneof, record } from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { closeBenches, openBench } from './bench.fixture.ts'
import { problem, type RedfishService, type Reply, send } from './redfish-service.fixture.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(closeBenches)
afterAll(() => vi.resetConfig())

const reset = /^POST .*ComputerSystem\.Reset$/
const system = /^GET \/redfish\/v1\/Systems\/1$/
const ordersSent = ({ asked }: RedfishService): number => asked.filter((each) => reset.test(each)).length

const page: Reply = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in')
const cutOff: Reply = (_, response) => void response.socket?.destroy()
const cutInMidAnswer: Reply = (_, response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('{"UUID"', () => response.socket?.destroy())
}
const without =
  (status: number): Reply =>
  (_, response) =>
    send(response, status, problem('Base.1.8.GeneralError'))
/** 50 MB, as fast as they are taken. */
const endless: Reply = (_, response) => {
  const chunk = Buffer.alloc(65_536, ' ')
  let left = 800
  const pour = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1
      if (!response.write(chunk)) return void response.once('drain', pour)
    }
    response.end()
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  pour()
}

type Kind = typeof RefusedError | typeof UnavailableError | typeof TimeoutError

describe('a reading that is answered with', () => {
  test.each<{ readonly what: string; readonly reply: Reply; readonly kind: Kind; readonly message: string }>([
    { what: 'a page for people', reply: page, kind: RefusedError, message: 'expected Redfish' },
    { what: 'half a body', reply: cutInMidAnswer, kind: UnavailableError, message: 'broke off' },
    { what: 'a cut', reply: cutOff, kind: UnavailableError, message: 'broke off' },
    {
      what: 'a list',
      reply: (_, response) => void response.end('[]'),
      kind: RefusedError,
      message: 'expected Redfish',
    },
    { what: '50 MB', reply: endless, kind: RefusedError, message: 'more than 1048576 bytes' },
    { what: '400', reply: without(400), kind: RefusedError, message: 'answers 400 (Base.1.8.GeneralError)' },
    { what: '403', reply: without(403), kind: RefusedError, message: 'the user must be an operator' },
    { what: '404', reply: without(404), kind: RefusedError, message: 'answers 404' },
    { what: '500', reply: without(500), kind: UnavailableError, message: 'answers 500' },
    { what: '502', reply: without(502), kind: UnavailableError, message: 'answers 502' },
  ])('$what', async ({ reply, kind, message }) => {
    const { service, power, access } = await openBench()
    service.misbehave(system, reply)
    const failure = power.read(access)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toThrow(kind)
  })
})

describe('an order that is answered with', () => {
  test.each<[string, Reply, Kind]>([
    ['a page for people', page, TimeoutError],
    ['half a body', cutInMidAnswer, TimeoutError],
    ['a cut', cutOff, TimeoutError],
    ['50 MB', endless, TimeoutError],
    ['500', without(500), TimeoutError],
    ['502', without(502), TimeoutError],
    ['504', without(504), TimeoutError],
    ['503', without(503), UnavailableError],
    ['409', without(409), UnavailableError],
    ['400', without(400), RefusedError],
    ['403', without(403), RefusedError],
    ['501', without(501), RefusedError],
  ])('%s has been sent once', async (_, reply, kind) => {
    const { service, power, access } = await openBench()
    service.misbehave(reset, reply)
    await expect(power.turnOff(access)).rejects.toThrow(kind)
    expect(ordersSent(service)).toBe(1)
  })
})

test('a BMC that obeys and hangs up is not ordered again by the next try, for the machine is seen off', async () => {
  const { service, power, access } = await openBench()
  service.behave({ orders: 'ObeyedAndCutOff' })
  await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
  await power.turnOff(access)
  expect(service.orders).toEqual(['1 ForceOff'])
})

test('a BMC that says OK and does nothing is seen on', async () => {
  const { service, power, access } = await openBench()
  service.behave({ orders: 'Ignored' })
  await power.turnOff(access)
  expect(await power.read(access)).toMatchObject({ power: 'On' })
})

test('a BMC that starts anew has forgotten its sessions, and is talked to as soon as it answers', async () => {
  const { service, power, access } = await openBench()
  await power.read(access)
  service.restart()
  const reading = async () => await power.read(access).catch((error: unknown) => error)
  await expect.poll(reading).toMatchObject({ power: 'On' })
  expect(service.sessionsOpened).toBe(2)
})

test('a page for people may be what has become of our session, so the next visit begins anew', async () => {
  const { service, power, access } = await openBench()
  await power.read(access)
  service.misbehave(system, page, 1)
  await expect(power.read(access)).rejects.toThrow('expected Redfish')
  expect(await power.read(access)).toMatchObject({ power: 'On' })
  expect([service.sessionsOpened, service.sessions.size]).toEqual([2, 1])
})

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('(%i) is not followed, and its target not shown', async (status) => {
    const { service, power, access } = await openBench()
    const target = 'https://203.0.113.7/redfish/v1/Systems/1?token=token-1'
    service.misbehave(system, (_, response) => void response.writeHead(status, { location: target }).end())
    const failure = power.read(access)
    await expect(failure).rejects.toMatchObject({ name: 'RefusedError', reason: 'Redirect' })
    await expect(failure).rejects.toThrow('redirects are not followed')
    await expect(failure).rejects.not.toThrow(/203\.0\.113\.7|token-1/)
  })
})

describe('a link that leads elsewhere', () => {
  const elsewhere = 'https://203.0.113.7/redfish/v1/Systems/1'
  const uuid = '33221100-5544-4706-8899-aabbccddeeff'
  const acting = (reset: object) => ({
    UUID: uuid,
    PowerState: 'On',
    Actions: { '#ComputerSystem.Reset': { ...reset } },
  })
  const links = {
    'of the systems': [/^GET \/redfish\/v1\/$/, { Systems: { '@odata.id': elsewhere }, Links: {} }],
    'of the log-in': [/^GET \/redfish\/v1\/$/, { Links: { Sessions: { '@odata.id': elsewhere } } }],
    'of a member': [/^GET .*Systems$/, { Members: [{ '@odata.id': elsewhere }] }],
    'of the next page': [/^GET .*Systems$/, { Members: [], 'Members@odata.nextLink': elsewhere }],
    'of the action': [system, acting({ target: elsewhere })],
    'of its parameters': [system, acting({ target: '/x', '@Redfish.ActionInfo': elsewhere })],
  } as const
  test.each(Object.entries(links))('%s is not followed', async (_, [on, resource]) => {
    const { service, power, access } = await openBench()
    service.misbehave(on, (_request, response) => send(response, 200, resource))
    await expect(power.turnOff(access)).rejects.toMatchObject({ name: 'RefusedError', reason: 'ForeignLink' })
    expect(ordersSent(service)).toBe(0)
  })

  test('of a task is not followed, and the order is not repeated', async () => {
    const { service, power, access } = await openBench()
    service.misbehave(reset, (_, response) => send(response.setHeader('location', elsewhere), 202, {}))
    await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
    expect(ordersSent(service)).toBe(1)
  })
})

describe('a BMC that asks for patience', () => {
  test('is left in peace for that long, by orders too', async () => {
    const { service, power, access } = await openBench()
    const busy: Reply = (_, response) => send(response.setHeader('retry-after', '20'), 503, {})
    service.misbehave(system, busy, 1)
    await expect(power.read(access)).rejects.toThrow(UnavailableError)
    service.asked.length = 0
    await expect(power.turnOff(access)).rejects.toThrow('asked for patience: nothing is sent for 20 s more')
    expect(service.asked).toEqual([])
  })

  test('for a day is not believed', async () => {
    const { service, power, access } = await openBench()
    service.misbehave(system, (_, response) => send(response.setHeader('retry-after', '86400'), 503, {}), 1)
    await expect(power.read(access)).rejects.toThrow(UnavailableError)
    await expect(power.read(access)).rejects.toThrow('for 30 s more')
  })
})

test('what a BMC says of a failure is shown by its MessageIds alone: its sentences may quote the password', async () => {
  const { service, power, access } = await openBench()
  const reply: Reply = (_, response) =>
    send(response, 400, {
      error: {
        code: 'Base.1.8.GeneralError',
        '@Message.ExtendedInfo': [
          { MessageId: 'Base.1.8.PropertyValueFormatError', Message: `the value '${access.password}' of Password` },
          { MessageId: `\u001b[2J${access.password}`, Message: '' },
        ],
      },
    })
  service.misbehave(/^POST .*Sessions$/, reply)
  const failure = power.read(access)
  await expect(failure).rejects.toThrow('answers 400 (Base.1.8.PropertyValueFormatError, Base.1.8.GeneralError)')
  await expect(failure).rejects.not.toThrow(access.password)
})

const odd = jsonValue()
const oddSystem = record(
  {
    UUID: oneof(odd, constantFrom('33221100-5544-4706-8899-aabbccddeeff')),
    PowerState: oneof(odd, constantFrom('On', 'Off', 'PoweringOn', null)),
    Actions: oneof(
      odd,
      record({ '#ComputerSystem.Reset': oneof(odd, record({ target: odd, '@Redfish.ActionInfo': odd })) }),
    ),
  },
  { requiredKeys: [] },
)
const oddCollection = record({ Members: oneof(odd, array(oneof(odd, record({ '@odata.id': odd })))) })

test('whatever a service says, a reading is one or fails as its port says, and nothing else is switched', async () => {
  const { service, power, access } = await openBench()
  let said: unknown = {}
  const reply: Reply = (_, response) => void response.end(JSON.stringify(said))
  service.misbehave(/^GET .*Systems/, reply)
  const isKnown = (error: unknown): boolean =>
    error instanceof RefusedError || error instanceof UnavailableError || error instanceof TimeoutError
  const unknown: unknown[] = []
  const note = (error: unknown): void => void (isKnown(error) || unknown.push(error))
  const holds = asyncProperty(oneof(oddSystem, oddCollection, odd), async (answer) => {
    said = answer
    await power.read(access).catch(note)
    await power.turnOff(access).catch(note)
    expect(unknown).toEqual([])
  })
  await assert(holds, { numRuns: 60 })
  expect(service.systems[0]?.powerState).toBe('On')
})
