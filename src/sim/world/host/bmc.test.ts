import { expect, test } from 'vitest'
import { minutes, seconds } from '../../../kernel/time.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../../ports/errors.ts'
import type { BmcAccess, PowerReading } from '../../../ports/power.ts'
import { Loop } from '../../loop.ts'
import { Bmc, type BmcManners } from './bmc.ts'
import { BmcNetwork } from './bmc-network.ts'
import { Machine } from './machine.ts'
import { physicsFixture } from './physics.fixture.ts'

const access: BmcAccess = {
  protocol: 'ipmi',
  address: '10.0.0.1',
  port: 623,
  username: 'prunella',
  password: 'secret',
  cipherSuite: 17,
}

function place(manners: Partial<BmcManners> = {}) {
  const loop = new Loop()
  const nature = physicsFixture(loop)
  const machine = new Machine(nature, 'node-1')
  machine.startRunning()
  const other = new Machine(nature, 'node-2')
  other.startRunning()
  const network = new BmcNetwork(nature)
  const bmc = new Bmc(nature, machine, { address: '10.0.0.1', port: 623, username: 'prunella', password: 'secret' })
  bmc.behave(manners)
  network.add(bmc)
  const settle = async <Answer>(answer: Promise<Answer>, ms = minutes(5)): Promise<Answer> => {
    const settled = answer.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    await loop.runFor(ms)
    const result = await settled
    if ('error' in result) throw result.error
    return result.value
  }
  return { loop, machine, other, network, bmc, settle }
}

test('off is off at once, on boots, and both are written down', async () => {
  const { machine, network, bmc, settle } = place()
  const reading: PowerReading = await settle(network.power.read(access))
  expect(reading).toEqual({ power: 'On', systemUUID: machine.systemUUID })
  await settle(network.power.turnOff(access))
  expect(machine.state).toBe('Off')
  await settle(network.power.turnOn(access))
  expect(machine.state).toBe('Running')
  expect(network.log.map(({ command, outcome, before, after }) => [command, outcome, before, after])).toEqual([
    ['Read', 'Done', 'Running', 'Running'],
    ['Off', 'Done', 'Running', 'Off'],
    ['On', 'Done', 'Off', 'Booting'],
  ])
  expect(bmc.counts.size).toBe(0)
})

test('an address at which no BMC answers is unavailable', async () => {
  const { network, settle } = place()
  await expect(settle(network.power.read({ ...access, port: 624 }))).rejects.toThrow(UnavailableError)
  expect(network.log).toEqual([])
})

test('a wrong password is refused, and nothing happens', async () => {
  const { network, machine, bmc, settle } = place()
  await expect(settle(network.power.turnOff({ ...access, password: 'old' }))).rejects.toThrow(RefusedError)
  expect(machine.state).toBe('Running')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Denied' }])
  expect(bmc.counts.get('BadCredentials')).toBe(1)
})

test('a BMC whose answers are lost has obeyed all the same', async () => {
  const { network, machine, settle } = place({ answersLost: 1_000 })
  await expect(settle(network.power.turnOff(access))).rejects.toThrow(TimeoutError)
  expect(machine.state).toBe('Off')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Lost', after: 'Off' }])
})

test('a BMC that ignores commands says yes and does nothing', async () => {
  const { network, machine, settle } = place({ ignoresCommands: 1_000 })
  await settle(network.power.turnOff(access))
  expect(machine.state).toBe('Running')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Ignored' }])
})

test('a BMC that lies about power says the opposite, and behaves again when told to', async () => {
  const { network, bmc, settle } = place({ misreadsPower: 1_000 })
  expect(await settle(network.power.read(access))).toMatchObject({ power: 'Off' })
  expect(bmc.counts.get('PowerMisread')).toBe(1)
  bmc.behaveWell()
  expect(await settle(network.power.read(access))).toMatchObject({ power: 'On' })
})

test('a reading that lags tells of a power that is no more', async () => {
  const { network, machine, bmc, settle } = place({ readingLagMs: seconds(10) })
  machine.turnOff()
  expect(await settle(network.power.read(access), seconds(1))).toMatchObject({ power: 'On' })
  expect(bmc.counts.get('ReadingStale')).toBe(1)
  expect(await settle(network.power.read(access), seconds(20))).toMatchObject({ power: 'On' })
  expect(await settle(network.power.read(access), seconds(1))).toMatchObject({ power: 'Off' })
})

test('a BMC reads off for a moment while its machine boots by itself', async () => {
  const { network, machine, bmc, settle } = place({ blinksOffMs: seconds(2) })
  machine.reboot()
  expect(await settle(network.power.read(access), seconds(1))).toMatchObject({ power: 'Off' })
  await settle(network.power.read(access), seconds(2))
  expect(await settle(network.power.read(access), seconds(1))).toMatchObject({ power: 'On' })
  expect(bmc.counts.get('BlinkedOff')).toBe(2)
})

test('a command may be obeyed later than it is answered', async () => {
  const { network, machine, settle } = place({ obeyLagMs: seconds(5) })
  await settle(network.power.turnOff(access), seconds(2))
  expect(machine.state).toBe('Running')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Done', after: 'Running' }])
  await settle(Promise.resolve(), seconds(5))
  expect(machine.state).toBe('Off')
})

test('a BMC that takes half a minute is given up, and was told nothing', async () => {
  const { network, machine, bmc, settle } = place({ latencyMs: seconds(30) })
  await expect(settle(network.power.turnOff(access))).rejects.toThrow(TimeoutError)
  expect(machine.state).toBe('Running')
  expect(network.log).toEqual([])
  expect(bmc.counts.get('Slow')).toBe(1)
})

test('a BMC holds only so many sessions, and each for a while', async () => {
  const { network, bmc, settle } = place({ sessionsMax: 1 })
  await settle(network.power.read(access), seconds(1))
  await expect(settle(network.power.read(access), seconds(1))).rejects.toThrow('no session free')
  expect(bmc.counts.get('SessionLimit')).toBe(1)
  await settle(Promise.resolve(), seconds(20))
  await expect(settle(network.power.read(access), seconds(1))).resolves.toMatchObject({ power: 'On' })
})

test('a BMC that resets itself is gone for a while, its machine is not', async () => {
  const { network, machine, bmc, settle } = place({ resetsItself: 1_000 })
  await expect(settle(network.power.read(access), seconds(10))).rejects.toThrow(TimeoutError)
  bmc.behave({ resetsItself: 0 })
  await expect(settle(network.power.read(access), seconds(10))).rejects.toThrow(UnavailableError)
  expect(machine.state).toBe('Running')
  await settle(Promise.resolve(), minutes(2))
  expect(await settle(network.power.read(access))).toMatchObject({ power: 'On' })
})

test('a BMC in another machine tells that machine and switches it', async () => {
  const { network, machine, other, bmc, settle } = place()
  bmc.rewire(other)
  const asked = { ...access, systemUUID: machine.systemUUID }
  expect(await settle(network.power.read(asked))).toEqual({ power: 'On', systemUUID: other.systemUUID })
  expect(bmc.counts.get('WrongHost')).toBe(1)
  await settle(network.power.turnOff(access))
  expect([machine.state, other.state]).toEqual(['Running', 'Off'])
})
