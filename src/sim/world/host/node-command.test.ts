import { expect, test } from 'vitest'
import type { JsonObject } from '../../../kernel/json.ts'
import { later, rfc3339, seconds } from '../../../kernel/time.ts'
import { epoch, Loop } from '../../loop.ts'
import { Machine } from './machine.ts'
import { carryOut, nodeCommandOf } from './node-command.ts'
import { physicsFixture } from './physics.fixture.ts'
import { Services } from './services.ts'

const podWith = (environment: Readonly<Record<string, string>>): JsonObject => ({
  spec: { containers: [{ env: Object.entries(environment).map(([name, value]) => ({ name, value })) }] },
})

const runningMachine = (): Machine => {
  const machine = new Machine(physicsFixture(new Loop()), 'node-1')
  machine.startRunning()
  return machine
}

/** All that comes of it at once. */
function carriedOut(machine: Machine, environment: Readonly<Record<string, string>>, restart = () => true) {
  const services = new Services(machine)
  services.add('kubelet', restart)
  const told: unknown[] = []
  const command = nodeCommandOf(podWith(environment))
  if (command !== undefined)
    carryOut(command, {
      machine,
      services,
      after: (_, fire) => fire(),
      began: () => told.push('began'),
      ended: (end) => told.push(end.outcome, end.result),
    })
  return told
}

const soon = { NOT_AFTER: rfc3339(later(epoch, seconds(60))) }

test('an order that fits boot and time reboots the machine', () => {
  const machine = runningMachine()
  expect(carriedOut(machine, { ...soon, EXPECTED_BOOT_ID: machine.bootID })).toEqual(['began', 'Rebooted', undefined])
  expect(machine.state).toBe('Booting')
})

test('an order for another boot, or one that comes too late, is refused', () => {
  const machine = runningMachine()
  const { bootID } = machine
  const refused = (error: string) => [error, { version: 1, task: 'reboot', bootID, error }]
  expect(carriedOut(machine, { ...soon, EXPECTED_BOOT_ID: 'another' })).toEqual(refused('WrongBoot'))
  const late = { EXPECTED_BOOT_ID: bootID, NOT_AFTER: rfc3339(later(epoch, -1)) }
  expect(carriedOut(machine, late)).toEqual(refused('TooLate'))
  expect(machine.state).toBe('Running')
})

test('the last moment may be given in seconds since the epoch, and a senseless one is past', () => {
  const momentOf = (notAfter: string): number | undefined =>
    nodeCommandOf(podWith({ EXPECTED_BOOT_ID: 'x', NOT_AFTER: notAfter }))?.notAfter
  expect(momentOf('1767225600')).toBe(epoch)
  expect(momentOf('soon')).toBe(0)
})

test('a pod without an order is none', () => {
  expect(nodeCommandOf(podWith({ HOME: '/' }))).toBeUndefined()
})

test('a disk loses what nobody needs, and only where there is need', () => {
  const machine = runningMachine()
  const order = { ...soon, EXPECTED_BOOT_ID: machine.bootID, TASK: 'freeDisk', BELOW_PERCENT: '70' }
  const result = (before: number, after: number) => expect.objectContaining({ task: 'freeDisk', before, after })
  machine.fillDisk({ usedPercent: 91, wastePercent: 31 })
  expect(carriedOut(machine, order)).toEqual(['began', 'DiskFreed', result(91, 60)])
  expect(carriedOut(machine, order)).toEqual(['began', 'DiskFreed', result(60, 60)])
  machine.fillDisk({ usedPercent: 91, wastePercent: 3 })
  expect(carriedOut(machine, order)).toEqual(['began', 'DiskStillFull', result(91, 88)])
})

test('a service is started anew or is not, and its start tells', () => {
  const loop = new Loop()
  const machine = new Machine(physicsFixture(loop), 'node-1')
  machine.startRunning()
  const order = { ...soon, EXPECTED_BOOT_ID: machine.bootID, TASK: 'restartService', SERVICE: 'kubelet' }
  expect(carriedOut(machine, order, () => false)).toEqual([
    'began',
    'NotRestarted',
    expect.objectContaining({ before: 5_000_000, after: 5_000_000, error: 'NotStarted' }),
  ])
  expect(carriedOut(machine, { ...order, SERVICE: 'sshd' })).toContainEqual(
    expect.objectContaining({ error: 'CommandFailed' }),
  )
})
