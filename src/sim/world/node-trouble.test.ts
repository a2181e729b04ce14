import { describe, expect, test } from 'vitest'
import { textAt } from '../../kernel/json.ts'
import { Prng } from '../../kernel/prng.ts'
import { minutes, parseTime, seconds } from '../../kernel/time.ts'
import { conditionOf, conditionStatus, isReady, labelsOf, uidOf } from './fields.ts'
import { flap, partitionZone, recreateNode, relabelZone, storm, swapBmcs } from './node-trouble.ts'
import { smallWorld, web } from './world.fixture.ts'

describe('a zone that is cut off', () => {
  test('goes Unknown, while its pods run on and its BMCs answer', async () => {
    const { world, loop, node } = await smallWorld({ nodes: 4, zones: ['a', 'b'], workloads: [web] })
    expect(partitionZone(world, 'a')).toEqual(['node-1', 'node-3'])
    await loop.runFor(minutes(2))
    expect(['node-1', 'node-2', 'node-3', 'node-4'].map((name) => conditionStatus(node(name), 'Ready'))).toEqual([
      'Unknown',
      'True',
      'Unknown',
      'True',
    ])
    expect(world.machine('node-1').state).toBe('Running')
    expect(world.bmc('node-1').readPower()).toBe('On')
    partitionZone(world, 'a', false)
    await loop.runFor(seconds(15))
    expect(isReady(node('node-1'))).toBe(true)
  })
})

describe('a kubelet that hangs', () => {
  test('makes its node Unknown while the problem detector goes on, and goes on itself when it recovers', async () => {
    const { world, loop, node } = await smallWorld()
    const { kubelet } = world.host('node-1')
    kubelet.hang()
    await loop.runFor(minutes(6))
    expect(conditionStatus(node('node-1'), 'Ready')).toBe('Unknown')
    const heartbeat = parseTime(textAt(conditionOf(node('node-1'), 'KernelDeadlock'), 'lastHeartbeatTime')) ?? 0
    expect(loop.now() - heartbeat).toBeLessThan(minutes(5))
    kubelet.recover()
    await loop.runFor(seconds(1))
    expect(isReady(node('node-1'))).toBe(true)
    expect(world.machine('node-1').boots).toBe(1)
  })

  test('is healed by a boot', async () => {
    const { world, loop, node } = await smallWorld()
    world.host('node-1').kubelet.hang()
    await loop.runFor(minutes(2))
    world.machine('node-1').reboot()
    await loop.runFor(minutes(2))
    expect(isReady(node('node-1'))).toBe(true)
  })
})

test.each([minutes(60), -minutes(60)])('a clock that is off by %i ms dates its conditions so', async (clockSkewMs) => {
  const { world, loop, node } = await smallWorld()
  world.machine('node-1').clockSkewMs = clockSkewMs
  world.deadlock('node-1')
  await loop.runFor(seconds(2))
  const since = parseTime(textAt(conditionOf(node('node-1'), 'KernelDeadlock'), 'lastTransitionTime')) ?? 0
  expect(Math.abs(since - (loop.now() + clockSkewMs))).toBeLessThan(seconds(2))
  await loop.runFor(minutes(2))
  // Silence is measured by whoever listens: the node stays Ready.
  expect(isReady(node('node-1'))).toBe(true)
})

test('a reboot that is fast enough never shows NotReady', async () => {
  const { world, loop, node } = await smallWorld()
  const machine = world.machine('node-1')
  const before = machine.bootID
  machine.fastBootMs = seconds(8)
  const seen = new Set<string>()
  world.server.onChange(({ plural }) => {
    if (plural === 'nodes') seen.add(conditionStatus(node('node-1'), 'Ready'))
  })
  machine.reboot()
  await loop.runFor(minutes(2))
  expect([...seen]).toEqual(['True'])
  expect(textAt(node('node-1'), 'status', 'nodeInfo', 'bootID')).not.toBe(before)
})

test('a status that was on its way arrives after the machine is gone', async () => {
  const { world, loop, node } = await smallWorld()
  const { kubelet, machine } = world.host('node-1')
  kubelet.statusDelayMs = seconds(100)
  kubelet.setRuntimeHealthy(true)
  machine.turnOff()
  await loop.runFor(seconds(80))
  expect(conditionStatus(node('node-1'), 'Ready')).toBe('Unknown')
  await loop.runFor(seconds(25))
  expect(conditionStatus(node('node-1'), 'Ready')).toBe('True')
})

describe('the problem detector', () => {
  test('latches: what blocked goes on by itself, and the condition stays True', async () => {
    const { world, loop, node } = await smallWorld()
    world.deadlock('node-1')
    await loop.runFor(seconds(5))
    world.machine('node-1').unblock()
    await loop.runFor(minutes(20))
    expect(world.machine('node-1').isDeadlocked).toBe(false)
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('True')
  })

  test('started anew it has forgotten what was logged long ago: a fresh heartbeat, and the fault is still there', async () => {
    const { world, loop, node } = await smallWorld()
    const { detector, machine } = world.host('node-1')
    world.deadlock('node-1')
    await loop.runFor(minutes(2))
    detector.restart()
    await loop.runFor(seconds(5))
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('True')
    await loop.runFor(minutes(4))
    detector.restart()
    await loop.runFor(seconds(5))
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('False')
    expect(machine.isDeadlocked).toBe(true)
  })

  test('that is stopped says nothing more, until it is started', async () => {
    const { world, loop, node } = await smallWorld()
    world.host('node-1').detector.stop()
    world.deadlock('node-1')
    await loop.runFor(minutes(1))
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('False')
    world.host('node-1').detector.restart()
    await loop.runFor(seconds(5))
    expect(conditionStatus(node('node-1'), 'KernelDeadlock')).toBe('True')
  })

  test('flaps when its plugin does, and leaves the other conditions alone', async () => {
    const { world, loop, node } = await smallWorld()
    const seen: string[] = []
    world.server.onChange(({ plural }) => {
      if (plural === 'nodes') seen.push(conditionStatus(node('node-1'), 'Flapper'))
    })
    flap(world, 'node-1', { type: 'Flapper', times: 3, trueMs: seconds(20), falseMs: seconds(10) })
    await loop.runFor(minutes(2))
    expect(seen).toEqual(['True', 'False', 'True', 'False', 'True', 'False'])
    expect(isReady(node('node-1'))).toBe(true)
  })

  test('carries what a node says as it is: a condition of a mebibyte, and an event of nonsense', async () => {
    const { world, node } = await smallWorld()
    const { detector } = world.host('node-1')
    const message = `\u001b[31m<script>${'x'.repeat(1_048_576)}\u0000`
    detector.report({ type: 'Hostile', status: 'True', reason: 'Nonsense', message })
    detector.event('Hostile', '\u202e\u0007<b>')
    expect(textAt(conditionOf(node('node-1'), 'Hostile'), 'message')).toBe(message)
    expect(world.api.list('events').map((event) => textAt(event, 'message'))).toEqual(['\u202e\u0007<b>'])
  })
})

test('a machine that relapses is deadlocked again some time after every boot', async () => {
  const { world, loop } = await smallWorld()
  const machine = world.machine('node-1')
  machine.relapsesAfterMs = minutes(5)
  world.deadlock('node-1', 'Works')
  machine.reboot()
  await loop.runFor(minutes(3))
  expect(machine.isDeadlocked).toBe(false)
  await loop.runFor(minutes(5))
  expect(machine.isDeadlocked).toBe(true)
})

test('a Node that is recreated has its name, its machine and its pods, and another UID', async () => {
  const { world, loop, node } = await smallWorld()
  const before = node('node-1')
  recreateNode(world, 'node-1')
  await loop.runFor(seconds(30))
  expect(isReady(node('node-1'))).toBe(true)
  expect(uidOf(node('node-1'))).not.toBe(uidOf(before))
  expect(textAt(node('node-1'), 'status', 'nodeInfo', 'bootID')).toBe(textAt(before, 'status', 'nodeInfo', 'bootID'))
})

test('a zone label may change or go, and the machine stays where it is', async () => {
  const { world, node } = await smallWorld()
  relabelZone(world, 'node-1', 'b')
  expect(labelsOf(node('node-1'))['topology.kubernetes.io/zone']).toBe('b')
  relabelZone(world, 'node-1', undefined)
  expect(labelsOf(node('node-1'))).not.toHaveProperty(['topology.kubernetes.io/zone'])
  expect(world.machinesIn('a')).toEqual(['node-1'])
})

test('BMCs that were swapped switch the machine of the other', async () => {
  const { world } = await smallWorld()
  swapBmcs(world, 'node-1', 'node-2')
  world.bmc('node-1').switchPower('Off')
  expect([world.machine('node-1').state, world.machine('node-2').state]).toEqual(['Running', 'Off'])
})

describe('a storm', () => {
  test('hits as many nodes as it should within its time, each once', async () => {
    const { world, loop } = await smallWorld({ nodes: 8 })
    const hit: string[] = []
    const strike = (name: string): void => void hit.push(name)
    const announced = storm(world, new Prng(7), { nodes: 6, withinMs: minutes(1), strike })
    await loop.runFor(minutes(1))
    expect(hit).toEqual(announced)
    expect(new Set(hit).size).toBe(6)
  })

  test('may stay in one zone', async () => {
    const { world, loop } = await smallWorld({ nodes: 6 })
    const hit = storm(world, new Prng(7), { nodes: 6, withinMs: 0, zone: 'b', strike: (name) => world.deadlock(name) })
    await loop.runFor(1)
    expect(hit.toSorted()).toEqual(['node-2', 'node-5'])
    expect(world.machine('node-5').isDeadlocked).toBe(true)
  })
})
