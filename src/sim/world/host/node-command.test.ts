import { expect, test } from 'vitest'
import type { JsonObject } from '../../../kernel/json.ts'
import { later, rfc3339, seconds } from '../../../kernel/time.ts'
import { epoch, Loop } from '../../loop.ts'
import { Machine } from './machine.ts'
import { obey, rebootCommandOf } from './node-command.ts'
import { physicsFixture } from './physics.fixture.ts'

const podWith = (environment: Readonly<Record<string, string>>): JsonObject => ({
  spec: { containers: [{ env: Object.entries(environment).map(([name, value]) => ({ name, value })) }] },
})

const runningMachine = (): Machine => {
  const machine = new Machine(physicsFixture(new Loop()), 'node-1')
  machine.startRunning()
  return machine
}

test('an order that fits boot and time reboots the machine', () => {
  const machine = runningMachine()
  const notAfter = rfc3339(later(epoch, seconds(60)))
  const command = rebootCommandOf(podWith({ EXPECTED_BOOT_ID: machine.bootID, NOT_AFTER: notAfter }))
  expect(command).toEqual({ expectedBootID: machine.bootID, notAfter: epoch + 60_000 })
  expect(command && obey(machine, command, epoch)).toBe('Rebooted')
  expect(machine.state).toBe('Booting')
})

test('an order for another boot, or one that comes too late, is refused', () => {
  const machine = runningMachine()
  expect(obey(machine, { expectedBootID: 'another', notAfter: later(epoch, 1) }, epoch)).toBe('WrongBoot')
  expect(obey(machine, { expectedBootID: machine.bootID, notAfter: epoch }, later(epoch, 1))).toBe('TooLate')
  expect(machine.state).toBe('Running')
})

test('the last moment may be given in seconds since the epoch, and a senseless one is past', () => {
  const momentOf = (notAfter: string): number | undefined =>
    rebootCommandOf(podWith({ EXPECTED_BOOT_ID: 'x', NOT_AFTER: notAfter }))?.notAfter
  expect(momentOf('1767225600')).toBe(epoch)
  expect(momentOf('soon')).toBe(0)
})

test('a pod without an order is none', () => {
  expect(rebootCommandOf(podWith({ HOME: '/' }))).toBeUndefined()
})
