import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { BmcNetworks } from '../src/adapters/bmc-networks.ts'
import { createIpmiPower } from '../src/adapters/ipmi/ipmi-power.ts'
import { first } from '../src/adapters/loopback-certificates.fixture.ts'
import { sha256Of } from '../src/adapters/redfish/bench.fixture.ts'
import { createRedfishPower } from '../src/adapters/redfish/redfish-power.ts'
import {
  type RedfishService,
  type Reply,
  send,
  startRedfishService,
} from '../src/adapters/redfish/redfish-service.fixture.ts'
import { readPower, switchPower } from '../src/controllers/node-power.ts'
import { decide } from '../src/domain/remediation/decide.ts'
import type { Command } from '../src/domain/remediation/decision.ts'
import {
  now as begin,
  cordoned,
  observation,
  slotHeld,
  treating,
} from '../src/domain/remediation/observation.fixture.ts'
import type { Step } from '../src/domain/remediation/step.ts'
import { type Instant, later, seconds } from '../src/kernel/time.ts'
import { byProtocol } from '../src/main/power.ts'
import type { ClusterReader } from '../src/ports/cluster.ts'
import type { Power } from '../src/ports/power.ts'
import { failureOf } from '../src/runtime/failure.ts'

/**
 * The rung `powerCycle` as it is decided, over the real adapter, against a Redfish service that misbehaves. What goes over the wire is
 * real, and the time of the rung is played.
 */
const uuid = '5f6a0000-0000-0000-0000-000000000001'
const reset = /^POST .*ComputerSystem\.Reset$/
const system = /^GET \/redfish\/v1\/Systems\/1$/

vi.setConfig({ testTimeout: 60_000 })
afterAll(() => vi.resetConfig())

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Bed {
  readonly service: RedfishService
  readonly power: Power
  readonly entries: Record<string, string>
}

const networks = new BmcNetworks(['127.0.0.1/32'])

async function bed(timeoutMs = seconds(20)): Promise<Bed> {
  const service = await startRedfishService()
  service.systems.splice(0, 1, { id: '1', uuid, powerState: 'On' })
  const redfish = createRedfishPower({ networks, timeoutMs })
  closing.push(redfish.close, async () => await service.close())
  const place = {
    protocol: 'redfish',
    address: '127.0.0.1',
    port: `${service.port}`,
    certificateSHA256: sha256Of(first),
  }
  const power = byProtocol({ ipmi: createIpmiPower({ networks }), redfish })
  return { service, power, entries: { ...place, ...service.account } }
}

/** The Secret of the node, and nothing else. */
const readerOf = (entries: Bed['entries']): ClusterReader => ({
  get: async (kind, ref) => {
    const data = Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, btoa(value)]))
    return kind.project({ metadata: { ...ref }, data })
  },
  list: async () => [],
})

interface Played {
  readonly step: Step
  /** What was waited for at last, and why the rung is over. */
  readonly message: string
}

/** From the first order to the step after the rung. */
async function play({ service, power, entries }: Bed): Promise<Played> {
  const ports = { namespace: 'prunella-system', reader: readerOf(entries) }
  let step: Step = treating({ rung: 1, stage: 'PoweringOff', deadline: later(begin, seconds(20)) })
  let [now, wasOff, held, message]: [Instant, boolean, string, string] = [begin, false, '', '']
  while (step.name === 'Treating') {
    const askedAt = performance.now()
    const seen = await readPower(ports, power, 'node-1')
    if (performance.now() - askedAt > 1_000) now = later(now, seconds(8))
    wasOff ||= service.systems[0]?.powerState === 'Off'
    const bootID = wasOff && service.systems[0]?.powerState === 'On' ? 'boot-2' : 'boot-1'
    const decision = decide(observation({ ...slotHeld, ...cordoned({ bootID }), step, now, power: seen }))
    if (decision.kind === 'Settled') break
    if (decision.kind === 'Move') {
      step = decision.next
      message = decision.message
    } else {
      held = decision.held?.message ?? ''
      const restMs = await obey(decision.commands, async (order) => await switchPower(ports, power, order))
      now = later(now, decision.wakeAfterMs + restMs)
    }
  }
  return { step, message: `${held}; ${message}` }
}

type PowerCommand = Extract<Command, { readonly kind: 'TurnOff' | 'TurnOn' }>

/** How long the key of the run rests after what came of it. */
async function obey(commands: readonly Command[], order: (command: PowerCommand) => Promise<void>): Promise<number> {
  const [command] = commands
  if (command?.kind !== 'TurnOff' && command?.kind !== 'TurnOn') return 0
  try {
    await order(command)
    // What is ordered is not ordered again for a moment.
    return seconds(3)
  } catch (error) {
    const failure = failureOf(error)
    return 'wait' in failure && failure.wait.kind === 'Hold' ? failure.wait.ms : seconds(10)
  }
}

/** Each order that reached the service was preceded by a look at the very system, with nothing in between. */
function isNeverBlind({ asked }: RedfishService): boolean {
  return asked.every((each, index) => !reset.test(each) || system.test(asked[index - 1] ?? ''))
}

const cutOff: Reply = (_, response) => void response.socket?.destroy()
const hang: Reply = () => {}

test.each<[string, (bed: Bed) => void]>([
  ['obeys', () => {}],
  ['obeys and hangs up', ({ service }) => service.behave({ orders: 'ObeyedAndCutOff' })],
  [
    'works on a task',
    ({ service }) => service.behave({ task: { polls: 2, end: { TaskState: 'Completed' }, shows: 'Task' } }),
  ],
  [
    'breaks its tasks off',
    ({ service }) => service.behave({ task: { polls: 0, end: { TaskState: 'Exception' }, shows: 'Task' } }),
  ],
  ['demands ETags', ({ service }) => service.behave({ demandsEtag: true })],
  ['has no sessions', ({ service }) => service.behave({ sessions: false })],
  [
    'obeys and answers with a page for people',
    ({ service }) => {
      service.misbehave(reset, (_, response) => {
        for (const each of service.systems) each.powerState = each.powerState === 'On' ? 'Off' : 'On'
        response.end('<html>')
      })
    },
  ],
])('a BMC that %s is switched off and on once', async (_, misbehave) => {
  const made = await bed()
  misbehave(made)
  const { step } = await play(made)
  expect(step).toMatchObject({ name: 'Verifying' })
  const { service } = made
  expect(service.orders.filter((order) => order.endsWith('ForceOff')).length).toBeLessThanOrEqual(1)
  expect(service.orders.filter((order) => order.endsWith(' On')).length).toBeLessThanOrEqual(1)
  expect(service.asked.filter((asked) => reset.test(asked)).length).toBeLessThanOrEqual(service.orders.length + 2)
})

test('a BMC that resets itself on an order has not carried it out, and is asked again once it is seen on', async () => {
  const made = await bed()
  made.service.misbehave(reset, cutOff, 1)
  expect((await play(made)).step).toMatchObject({ name: 'Verifying' })
  expect(made.service.orders).toEqual(['1 ForceOff', '1 On'])
  expect(isNeverBlind(made.service)).toBe(true)
})

test('a BMC that says OK and does nothing is asked as long as it is seen on, and then people are', async () => {
  const made = await bed()
  made.service.behave({ orders: 'Ignored' })
  const { step, message } = await play(made)
  expect([step.name, message]).toEqual(['Quarantined', expect.stringContaining('the power was never read Off')])
  expect(new Set(made.service.orders)).toEqual(new Set(['1 ForceOff']))
  expect(isNeverBlind(made.service)).toBe(true)
})

test('a BMC that says Off of a machine that runs makes nobody switch it off, and proves nothing', async () => {
  const made = await bed()
  const target = '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset'
  const lie = { UUID: uuid, PowerState: 'Off', Actions: { '#ComputerSystem.Reset': { target } } }
  made.service.misbehave(system, (_, response) => send(response, 200, lie))
  const { step, message } = await play(made)
  expect([step.name, message]).toEqual(['Quarantined', expect.stringContaining('the power was never read On again')])
  expect(new Set(made.service.orders)).toEqual(new Set(['1 On']))
})

test('a BMC that hangs is ordered nothing, and people are told that the machine may be off', async () => {
  const made = await bed(1_100)
  made.service.misbehave(system, hang)
  const { step, message } = await play(made)
  expect([step.name, message]).toEqual(['Quarantined', expect.stringContaining('the machine may be off')])
  expect(made.service.asked.filter((asked) => reset.test(asked))).toEqual([])
})

test.each<[string, string, (bed: Bed) => void]>([
  ['takes another password', 'wrong user name or password', ({ entries }) => void (entries['password'] = 'letmein')],
  [
    'is another machine',
    'another system UUID',
    ({ service }) =>
      void service.systems.splice(0, 1, { id: '1', uuid: uuid.replace('5f6a', '0000'), powerState: 'On' }),
  ],
  [
    'shows another certificate',
    'which is not `certificateSHA256`',
    ({ entries }) => void (entries['certificateSHA256'] = 'ab'.repeat(32)),
  ],
  [
    'sends us elsewhere',
    'redirects are not followed',
    ({ service }) => {
      service.misbehave(
        system,
        (_, response) => void response.writeHead(307, { location: 'https://203.0.113.7/' }).end(),
      )
    },
  ],
  ['stands elsewhere', 'outside of `bmcNetworks`', ({ entries }) => void (entries['address'] = '127.0.0.2')],
])('a BMC that %s is ordered nothing, and people are told', async (_, words, misbehave) => {
  const made = await bed()
  misbehave(made)
  const { step, message } = await play(made)
  expect([step.name, message]).toEqual(['Quarantined', expect.stringContaining(words)])
  expect(message).not.toMatch(/letmein|hunter2/)
  expect(made.service.asked.filter((asked) => reset.test(asked))).toEqual([])
})
