import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { RefusedError, TimeoutError, UnavailableError } from '../../ports/errors.ts'
import { closeBenches, openBench } from './bench.fixture.ts'
import { problem, send } from './redfish-service.fixture.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(closeBenches)
afterAll(() => vi.resetConfig())

const monitor = /^GET .*\/Monitor$/
const done = { TaskState: 'Completed', TaskStatus: 'OK' }

test.each(['Monitor', 'Task'] as const)(
  'an order that is accepted is followed to its end, shown as a %s',
  async (shows) => {
    const { service, power, access } = await openBench()
    service.behave({ task: { polls: 2, end: done, shows } })
    await power.turnOff(access)
    expect(service.asked.filter((asked) => monitor.test(asked))).toHaveLength(3)
    expect(service.orders).toEqual(['1 ForceOff'])
  },
)

test.each(['Exception', 'Killed', 'Cancelled'])(
  'a task that ends as %s may have switched before',
  async (TaskState) => {
    const { service, power, access } = await openBench()
    service.behave({ task: { polls: 0, end: { TaskState }, shows: 'Task' } })
    await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
    await expect(power.read(access)).resolves.toMatchObject({ power: 'Off' })
  },
)

test('a task that the service has forgotten has an unknown end', async () => {
  const { service, power, access } = await openBench()
  service.behave({ task: { polls: 1, end: done, shows: 'Monitor' } })
  service.misbehave(monitor, (_, response) => send(response, 404, problem('Base.1.8.ResourceMissingAtURI')))
  await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
})

test('a task that is named elsewhere is followed by its path', async () => {
  const { service, power, access } = await openBench()
  const location = 'https://bmc.example/redfish/v1/TaskService/Tasks/7/Monitor'
  const own = { '@odata.id': '/redfish/v1/TaskService/Tasks/7/Monitor', TaskState: 'New' }
  service.misbehave(/^POST .*Reset$/, (_, response) => send(response.setHeader('location', location), 202, own))
  service.misbehave(monitor, (_, response) => send(response, 200, done))
  await power.turnOff(access)
  expect(service.asked.filter((asked) => monitor.test(asked))).toHaveLength(1)
})

test('a task that is named nowhere has an unknown end', async () => {
  const { service, power, access } = await openBench()
  service.misbehave(/^POST .*Reset$/, (_, response) => send(response, 202, {}))
  await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
})

test('a monitor that tells the refusal of the order refuses it', async () => {
  const { service, power, access } = await openBench()
  service.behave({ task: { polls: 1, end: done, shows: 'Monitor' } })
  service.misbehave(monitor, (_, response) => send(response, 400, problem('Base.1.8.ActionParameterNotSupported')))
  await expect(power.turnOff(access)).rejects.toThrow(RefusedError)
})

test('a BMC that goes silent in mid-task has an unknown outcome', async () => {
  const { service, power, access } = await openBench()
  service.behave({ task: { polls: 1, end: done, shows: 'Monitor' } })
  service.misbehave(monitor, (_, response) => void response.socket?.destroy())
  await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
})

test('a task that takes too long has an unknown outcome, and what is under way is not ordered again', async () => {
  const { service, power, access } = await openBench({ timeoutMs: 2_000 })
  await power.read(access)
  service.behave({ orders: 'Ignored', task: { polls: 1_000, end: done, shows: 'Monitor' } })
  await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
  const again = power.turnOff(access)
  await expect(again).rejects.toThrow(UnavailableError)
  await expect(again).rejects.toThrow('still at the order before')
  expect(service.orders).toEqual(['1 ForceOff'])
  service.misbehave(monitor, (_, response) => send(response, 200, done))
  await power.turnOff(access)
  expect(service.orders).toEqual(['1 ForceOff', '1 ForceOff'])
})

test('the other order does not wait for a task that never ends', async () => {
  const { service, power, access } = await openBench({ timeoutMs: 2_000 })
  await power.read(access)
  service.behave({ task: { polls: 1_000, end: done, shows: 'Monitor' } })
  await expect(power.turnOff(access)).rejects.toThrow(TimeoutError)
  service.behave({ task: undefined })
  await power.turnOn(access)
  expect(service.orders).toEqual(['1 ForceOff', '1 On'])
})
