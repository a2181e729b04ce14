import { expect, test } from 'vitest'
import { minutes } from '../../../kernel/time.ts'
import { RefusedError, TimeoutError, UnavailableError } from '../../../ports/errors.ts'
import type { BmcAccess, PowerReading } from '../../../ports/power.ts'
import { Loop } from '../../loop.ts'
import { Bmc, BmcNetwork, type BmcTrouble } from './bmc.ts'
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

function place(trouble: BmcTrouble = 'None') {
  const loop = new Loop()
  const nature = physicsFixture(loop)
  const machine = new Machine(nature, 'node-1')
  machine.startRunning()
  const network = new BmcNetwork(nature)
  const bmc = new Bmc(machine, { address: '10.0.0.1', port: 623, username: 'prunella', password: 'secret' })
  bmc.trouble = trouble
  network.add(bmc)
  const settle = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const settled = answer.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    await loop.runFor(minutes(5))
    const result = await settled
    if ('error' in result) throw result.error
    return result.value
  }
  return { loop, machine, network, bmc, settle }
}

test('off is off at once, on boots, and both are written down', async () => {
  const { machine, network, settle } = place()
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
})

test('an address at which no BMC answers is unavailable', async () => {
  const { network, settle } = place()
  await expect(settle(network.power.read({ ...access, port: 624 }))).rejects.toThrow(UnavailableError)
  expect(network.log).toEqual([])
})

test('a wrong password is refused, and nothing happens', async () => {
  const { network, machine, settle } = place()
  await expect(settle(network.power.turnOff({ ...access, password: 'old' }))).rejects.toThrow(RefusedError)
  expect(machine.state).toBe('Running')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Denied' }])
})

test('a BMC whose answers are lost has obeyed all the same', async () => {
  const { network, machine, settle } = place('AnswersLost')
  await expect(settle(network.power.turnOff(access))).rejects.toThrow(TimeoutError)
  expect(machine.state).toBe('Off')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Lost', after: 'Off' }])
})

test('a BMC that ignores commands says yes and does nothing', async () => {
  const { network, machine, settle } = place('IgnoresCommands')
  await settle(network.power.turnOff(access))
  expect(machine.state).toBe('Running')
  expect(network.log).toMatchObject([{ command: 'Off', outcome: 'Ignored' }])
})

test('a BMC that lies about power says the opposite', async () => {
  const { network, settle } = place('LiesAboutPower')
  expect(await settle(network.power.read(access))).toMatchObject({ power: 'Off' })
})

test('a BMC may claim to belong to another machine', async () => {
  const { network, bmc, settle } = place()
  bmc.systemUUID = 'another'
  expect(await settle(network.power.read(access))).toMatchObject({ systemUUID: 'another' })
})
