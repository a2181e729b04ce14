import { expect, test } from 'vitest'
import { minutes } from '../../../kernel/time.ts'
import { Loop } from '../../loop.ts'
import type { WorldEvent } from '../events.ts'
import { Machine } from './machine.ts'
import { physicsFixture } from './physics.fixture.ts'

const running = (): { readonly loop: Loop; readonly machine: Machine; readonly events: WorldEvent[] } => {
  const loop = new Loop()
  const events: WorldEvent[] = []
  const machine = new Machine(
    physicsFixture(loop, (event) => events.push(event)),
    'node-1',
  )
  machine.startRunning()
  return { loop, machine, events }
}

test('a machine that is turned off and on comes back with a new boot ID and an empty kernel log', async () => {
  const { loop, machine } = running()
  const before = machine.bootID
  machine.deadlock('Ignored')
  machine.turnOff()
  expect(machine.state).toBe('Off')
  machine.turnOn()
  expect(machine.state).toBe('Booting')
  await loop.runFor(minutes(2))
  expect(machine.state).toBe('Running')
  expect(machine.bootID).not.toBe(before)
  expect(machine.kernelLog).toEqual([])
})

test('a machine that hung and recovers goes on in the same boot', () => {
  const { machine } = running()
  const before = machine.bootID
  machine.hang()
  expect(machine.reboot()).toBe('Ignored')
  machine.recover()
  expect(machine).toMatchObject({ state: 'Running', bootID: before })
})

test('a deadlocked kernel does not finish a soft reboot, and a power cycle heals it', async () => {
  const { loop, machine } = running()
  machine.deadlock('Hangs')
  expect(machine.reboot()).toBe('Hangs')
  expect(machine.state).toBe('Hung')
  machine.turnOff()
  machine.turnOn()
  await loop.runFor(minutes(2))
  expect(machine.reboot()).toBe('Works')
})

test('power that goes during a boot ends that boot', async () => {
  const { loop, machine, events } = running()
  machine.reboot()
  machine.turnOff()
  await loop.runFor(minutes(5))
  expect(machine.state).toBe('Off')
  expect(events.filter(({ kind }) => kind === 'MachineBecame')).toHaveLength(3)
})

test('the same seed gives the same identities, and every boot ID differs', async () => {
  const [one, other] = [running(), running()]
  expect(one.machine.systemUUID).toBe(other.machine.systemUUID)
  expect(one.machine.systemUUID).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const bootIDs = new Set([one.machine.bootID])
  for (let boot = 0; boot < 5; boot += 1) {
    one.machine.reboot()
    await one.loop.runFor(minutes(2))
    bootIDs.add(one.machine.bootID)
  }
  expect(bootIDs.size).toBe(6)
})
