import { inspect } from 'node:util'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { RefusedError, UnavailableError } from '../../ports/errors.ts'
import { closeBenches, openBench } from './bench.fixture.ts'
import { problem, send } from './redfish-service.fixture.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(closeBenches)
afterAll(() => vi.resetConfig())

const reset = /^POST .*ComputerSystem\.Reset$/
const logIn = /^POST .*\/Sessions$/

test('one session serves all visits, and is given back at the end', async () => {
  const { service, power, access } = await openBench()
  await power.read(access)
  await power.turnOff(access)
  await power.turnOn(access)
  expect([service.sessionsOpened, service.sessions.size]).toEqual([1, 1])
  await power.close()
  expect(service.sessions.size).toBe(0)
  expect(service.asked.at(-1)).toBe('DELETE /redfish/v1/SessionService/Sessions/1')
})

test('a session that nobody uses is given back by itself, and its connection closed', async () => {
  const { service, power, access } = await openBench({ sessionIdleMs: 20 })
  await power.read(access)
  await vi.waitFor(() => expect([service.sessions.size, service.connections]).toEqual([0, 0]), { timeout: 5_000 })
  expect(await power.read(access)).toMatchObject({ power: 'On' })
  expect(service.sessionsOpened).toBe(2)
})

test('a session that has expired is opened anew, once, and the order goes out once', async () => {
  const { service, power, access } = await openBench()
  await power.read(access)
  service.sessions.clear()
  await power.turnOff(access)
  expect(service.sessionsOpened).toBe(2)
  expect(service.orders).toEqual(['1 ForceOff'])
})

test('a session that expires between look and order costs the order nothing', async () => {
  const { service, power, access } = await openBench()
  service.misbehave(reset, (_, response) => send(response, 401, problem('Base.1.8.NoValidSession')), 1)
  await power.turnOff(access)
  expect(service.orders).toEqual(['1 ForceOff'])
  expect(service.asked.filter((asked) => reset.test(asked))).toHaveLength(2)
})

test('a service that never takes its own sessions is refused, not asked for ever', async () => {
  const { service, power, access } = await openBench()
  service.misbehave(/^GET .*Systems/, (_, response) => send(response, 401, problem('Base.1.8.NoValidSession')))
  await expect(power.read(access)).rejects.toThrow(RefusedError)
  expect(service.sessionsOpened).toBe(2)
})

test('a BMC without a free session is asked again later', async () => {
  const { service, power, access } = await openBench()
  service.behave({ sessionsMax: 0 })
  await expect(power.read(access)).rejects.toThrow('has no session free')
  await expect(power.read(access)).rejects.toThrow(UnavailableError)
})

describe('without a SessionService', () => {
  test('every question says who asks', async () => {
    const { service, power, access } = await openBench()
    service.behave({ sessions: false, hidesRoot: true })
    expect(await power.read(access)).toMatchObject({ power: 'On' })
    await power.turnOff(access)
    expect(service.orders).toEqual(['1 ForceOff'])
    expect(service.sessionsOpened).toBe(0)
  })

  test('or with one that is switched off', async () => {
    const { service, power, access } = await openBench()
    service.misbehave(logIn, (_, response) => send(response, 405, problem('Base.1.8.OperationNotAllowed')))
    expect(await power.read(access)).toMatchObject({ power: 'On' })
  })
})

describe('a wrong password', () => {
  test.each([
    ['with sessions', true],
    ['without', false],
  ])('is refused %s, and no word of it is shown', async (_, sessions) => {
    const { service, power, access } = await openBench()
    service.behave({ sessions, hidesRoot: !sessions })
    const failure = power.turnOff({ ...access, password: 'letmein' })
    await expect(failure).rejects.toMatchObject({ name: 'RefusedError', reason: 'Unauthorized' })
    await expect(failure).rejects.toThrow('wrong user name or password')
    await expect(failure).rejects.toSatisfy((error) => !/letmein|hunter2/.test(inspect(error)))
    expect(service.orders).toEqual([])
  })

  test('is not tried again for a while: the BMC would lock the account', async () => {
    // Nothing else of this visit is kept as long as that.
    const { service, power, access } = await openBench({ sessionIdleMs: 1 })
    const wrong = { ...access, password: 'letmein' }
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(power.read(wrong)).rejects.toThrow('wrong user name')
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    expect(service.asked.filter((asked) => logIn.test(asked))).toHaveLength(1)
    expect(await power.read(access)).toMatchObject({ power: 'On' })
  })
})

test('a session that names itself as somebody else does is used, and given back where it can be', async () => {
  const { service, power, access } = await openBench()
  const path = '/redfish/v1/SessionService/Sessions/9'
  service.misbehave(logIn, (_, response) => {
    service.sessions.set('token-9', path)
    response.setHeader('x-auth-token', 'token-9').setHeader('location', `https://bmc.example${path}`)
    send(response, 201, { '@odata.id': path })
  })
  expect(await power.read(access)).toMatchObject({ power: 'On' })
  await power.close()
  expect(service.sessions.size).toBe(0)
})

test('a session without a token is none', async () => {
  const { service, power, access } = await openBench()
  service.misbehave(logIn, (_, response) => send(response, 201, {}))
  await expect(power.read(access)).rejects.toThrow('opens a session without a token')
})
