import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { mono } from '../../kernel/time.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { UnsettledError } from '../../ports/power.ts'
import { closeBenches, openBench } from './bench.fixture.ts'
import { problem, send } from './redfish-service.fixture.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(closeBenches)
afterAll(() => vi.resetConfig())

const reset = /^POST .*ComputerSystem\.Reset$/
const system = /^GET \/redfish\/v1\/Systems\/1$/

describe('a reading', () => {
  test('tells power and identity', async () => {
    const { service, power, access } = await openBench()
    expect(await power.read(access)).toEqual({ power: 'On', systemUUID: '33221100-5544-4706-8899-aabbccddeeff' })
    service.systems.splice(0, 1, { id: '1', uuid: '00112233-5544-0647-8899-AABBCCDDEEFF', powerState: 'Off' })
    expect(await power.read(access)).toMatchObject({ power: 'Off' })
  })

  test.each(['PoweringOn', 'PoweringOff', null])('of %s is neither On nor Off, and may be soon', async (powerState) => {
    const { service, power, access } = await openBench()
    service.systems.splice(0, 1, { id: '1', uuid: access.systemUUID ?? '', powerState })
    await expect(power.read(access)).rejects.toThrow(UnsettledError)
  })

  test('is none where nobody is identified, or the state is no state', async () => {
    const { service, power, access } = await openBench()
    service.systems.splice(0, 1, { id: '1', uuid: null, powerState: 'On' })
    await expect(power.read(access)).rejects.toThrow('tells no system UUID')
    service.systems.splice(0, 1, { id: '1', uuid: access.systemUUID ?? '', powerState: 'Fine' })
    await expect(power.read(access)).rejects.toThrow('tells no power state')
  })

  test('tells another machine as it is', async () => {
    const { service, power, access } = await openBench()
    const another = '5f6a0000-0000-4000-8000-000000000001'
    service.systems.splice(0, 1, { id: '1', uuid: another, powerState: 'On' })
    expect(await power.read(access)).toMatchObject({ systemUUID: another })
  })

  test('costs one question once the way is known', async () => {
    const { service, power, access } = await openBench()
    await power.read(access)
    service.asked.length = 0
    await power.read(access)
    expect(service.asked).toEqual(['GET /redfish/v1/Systems/1'])
  })
})

describe('an order', () => {
  test('switches off and on, and is not repeated where it is so already', async () => {
    const { service, power, access } = await openBench()
    for (const _ of ['off', 'and off again']) await power.turnOff(access)
    expect(service.systems[0]?.powerState).toBe('Off')
    for (const _ of ['on', 'and on again']) await power.turnOn(access)
    expect(service.systems[0]?.powerState).toBe('On')
    expect(service.orders).toEqual(['1 ForceOff', '1 On'])
  })

  test.each([
    ['PoweringOff', 'turnOff', []],
    ['PoweringOn', 'turnOn', []],
    ['PoweringOn', 'turnOff', ['1 ForceOff']],
    ['PoweringOff', 'turnOn', ['1 On']],
  ] as const)('in state %s: %s sends %j', async (powerState, command, orders) => {
    const { service, power, access } = await openBench()
    service.systems.splice(0, 1, { id: '1', uuid: access.systemUUID ?? '', powerState })
    await power[command](access)
    expect(service.orders).toEqual(orders)
  })

  test.each([
    ['another machine', { systemUUID: '5f6a0000-0000-4000-8000-000000000001' }],
    ['nobody', { systemUUID: undefined }],
  ])('for %s is sent to none', async (_, { systemUUID }) => {
    const { service, power, access } = await openBench()
    const { systemUUID: own, ...rest } = access
    const failure = power.turnOff(systemUUID === undefined ? rest : { ...rest, systemUUID })
    await expect(failure).rejects.toMatchObject({ name: 'RefusedError', reason: 'HostMismatch' })
    await expect(failure).rejects.toThrow(own)
    expect(service.orders).toEqual([])
  })

  test('that waited for too long is not sent', async () => {
    const { service, power, access } = await openBench()
    await power.read(access)
    service.asked.length = 0
    await expect(power.turnOff(access, mono(performance.now() - 1))).rejects.toThrow(UnavailableError)
    expect(service.asked).toEqual([])
  })

  test('finds its reset types beside the action or behind a link, and tries where none are told', async () => {
    const { service, power, access } = await openBench()
    service.behave({ tellsTypes: 'InActionInfo', resetTypes: ['ForceOff', 'ForceOn'] })
    await power.turnOff(access)
    await power.turnOn(access)
    service.behave({ tellsTypes: 'Nowhere' })
    await power.turnOff(access)
    expect(service.orders).toEqual(['1 ForceOff', '1 ForceOn', '1 ForceOff'])
  })

  test('is never one that the machine may refuse, or that does the opposite', async () => {
    const { service, power, access } = await openBench()
    service.behave({ resetTypes: ['GracefulShutdown', 'PushPowerButton'] })
    const failure = power.turnOff(access)
    await expect(failure).rejects.toThrow('offers no reset ForceOff, but GracefulShutdown, PushPowerButton')
    await expect(failure).rejects.toThrow(RefusedError)
    expect(service.orders).toEqual([])
  })

  test('carries the newest ETag where the service demands one', async () => {
    const { service, power, access } = await openBench()
    service.behave({ demandsEtag: true })
    await power.turnOff(access)
    expect(service.orders).toEqual(['1 ForceOff'])
    expect(service.asked.filter((asked) => reset.test(asked))).toHaveLength(2)
  })

  test('is given up where no ETag is good enough', async () => {
    const { service, power, access } = await openBench()
    service.behave({ demandsEtag: true })
    service.misbehave(reset, (_, response) => send(response, 412, problem('Base.1.8.PreconditionFailed')))
    const failure = power.turnOff(access)
    await expect(failure).rejects.toThrow(UnavailableError)
    await expect(failure).rejects.toThrow('nothing was switched')
    expect(service.asked.filter((asked) => reset.test(asked))).toHaveLength(2)
  })
})

describe('a service with several systems', () => {
  const uuids = ['33221100-5544-4706-8899-aabbccddeeff', '5f6a0000-0000-4000-8000-000000000001']
  async function blades() {
    const made = await openBench()
    made.service.systems.splice(
      0,
      1,
      { id: 'Blade1', uuid: uuids[1] ?? '', powerState: 'On' },
      { id: 'Blade2', uuid: uuids[0] ?? '', powerState: 'On' },
    )
    return made
  }

  test('switches the one with the UUID of the node', async () => {
    const { service, power, access } = await blades()
    expect(await power.read(access)).toMatchObject({ systemUUID: uuids[0] })
    await power.turnOff(access)
    expect(service.orders).toEqual(['Blade2 ForceOff'])
  })

  test('must be told which, by name or by UUID', async () => {
    const { power, access } = await blades()
    const { systemUUID: _, ...anybody } = access
    await expect(power.read(anybody)).rejects.toThrow(
      '2 systems (Blade1, Blade2): `system` in its Secret must name one',
    )
    expect(await power.read({ ...anybody, system: 'Blade1' })).toMatchObject({ systemUUID: uuids[1] })
    await expect(power.read({ ...anybody, system: 'Blade9' })).rejects.toThrow('has no system Blade9')
    const stranger = '0c4c0000-0000-4000-8000-000000000009'
    await expect(power.read({ ...access, systemUUID: stranger })).rejects.toThrow(
      `none of them has system UUID ${stranger}`,
    )
  })

  test('switches nothing where the name leads to another node', async () => {
    const { service, power, access } = await blades()
    await expect(power.turnOff({ ...access, system: 'Blade1' })).rejects.toMatchObject({ reason: 'HostMismatch' })
    expect(service.orders).toEqual([])
  })

  test('is searched anew where a blade has moved', async () => {
    const { service, power, access } = await blades()
    await power.read(access)
    for (const [index, each] of service.systems.entries()) each.uuid = uuids[index] ?? null
    await power.turnOff(access)
    expect(service.orders).toEqual(['Blade1 ForceOff'])
  })
})

describe('one BMC', () => {
  /** Connected and logged in, so that nothing but its silence takes time. */
  async function silent(on: RegExp) {
    const made = await openBench({ timeoutMs: 2_000 })
    await made.power.read(made.access)
    made.service.asked.length = 0
    made.service.misbehave(on, () => {})
    return made
  }

  test('is visited by one at a time, and whoever is too late for it sends nothing', async () => {
    const { service, power, access } = await silent(/Systems/)
    const [first, second] = await Promise.allSettled([power.turnOff(access), power.turnOn(access)])
    expect(first).toMatchObject({ reason: expect.any(UnavailableError) })
    expect(second).toMatchObject({ reason: expect.any(UnavailableError) })
    expect(service.asked).toEqual(['GET /redfish/v1/Systems/1'])
  })

  test('that hangs on a reading has not answered in time', async () => {
    const { power, access } = await silent(system)
    await expect(power.read(access)).rejects.toThrow(TimeoutError)
  })

  test('that hangs on an order may have obeyed', async () => {
    const { service, power, access } = await silent(reset)
    await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
    expect(service.asked.filter((asked) => reset.test(asked))).toHaveLength(1)
  })
})
