import { expect, test } from 'vitest'
import type { JsonObject } from '../../kernel/json.ts'
import { evidenceIsReal, nodeJobsAreAlone, nodeJobsAreWanted } from './node-jobs.ts'
import { type Scene, sceneOf } from './scene.fixture.ts'

const pod = { namespace: 'prunella-system', name: 'job', uid: 'u' }
const begins = (scene: Scene, task: 'reboot' | 'freeDisk' | 'restartService', uid = 'u'): void =>
  scene.happens({ kind: 'NodeCommandBegan', machine: 'node-1', pod: { ...pod, uid }, task })

const spec: JsonObject = {
  treatments: [
    { name: 'free-disk', freeDisk: { belowPercent: 80 } },
    { name: 'restart', restartService: { name: 'kubelet' } },
  ],
}
const ordering = { name: 'Treating', stage: 'Ordering' } as const

test('I18: a job that begins what no run is ordering, or on another boot', async () => {
  const scene = await sceneOf(nodeJobsAreWanted)
  const { bootID } = scene.world.machine('node-1')
  scene.runWith(spec, { name: 'one', node: 'node-1' })
  scene.step('one', { ...ordering, bootID })
  begins(scene, 'freeDisk')
  expect(scene.complaints).toEqual([])
  begins(scene, 'restartService')
  scene.step('one', { ...ordering, bootID: 'another' })
  begins(scene, 'freeDisk')
  scene.step('one', { name: 'Verifying' })
  begins(scene, 'freeDisk')
  expect(scene.complaints).toEqual([
    'I18: restartService began on node-1, and no run was ordering that',
    'I18: freeDisk began on node-1, which has booted since it was ordered',
    'I18: freeDisk began on node-1, and no run was ordering that',
  ])
})

test('I18: two jobs at work on one node, and one after the other', async () => {
  const scene = await sceneOf(nodeJobsAreAlone())
  begins(scene, 'freeDisk', 'a')
  scene.happens({ kind: 'ProcessExited', machine: 'node-1', pod: { ...pod, uid: 'a' } })
  begins(scene, 'freeDisk', 'b')
  expect(scene.complaints).toEqual([])
  begins(scene, 'restartService', 'c')
  expect(scene.complaints).toEqual(['I18: restartService began on node-1 beside another node job'])
})

test('I17: a disk that is as full as before, and one that is not', async () => {
  const scene = await sceneOf(evidenceIsReal())
  const machine = scene.world.machine('node-1')
  machine.fillDisk({ usedPercent: 91, wastePercent: 0 })
  scene.runWith(spec, { name: 'one', node: 'node-1' })
  scene.step('one', ordering)
  scene.step('one', { name: 'Treating', stage: 'Withdrawing', worked: false })
  expect(scene.complaints).toEqual([])
  scene.step('one', { name: 'Treating', stage: 'Withdrawing', worked: true })
  expect(scene.complaints).toEqual(['I17: one says that free-disk has worked, and its disk is 91 % full'])
  machine.fillDisk({ usedPercent: 60, wastePercent: 0 })
  scene.step('one', { name: 'Treating', stage: 'Withdrawing', worked: true, said: 'it is free' })
  expect(scene.complaints).toHaveLength(1)
})

test('I17: a service that was not started anew, and one that was', async () => {
  const scene = await sceneOf(evidenceIsReal())
  scene.runWith(spec, { name: 'one', node: 'node-1' })
  scene.step('one', { ...ordering, rung: 1 })
  scene.step('one', { name: 'Treating', stage: 'Withdrawing', rung: 1, worked: true })
  expect(scene.complaints).toEqual(['I17: one says that restart has worked, and kubelet was not started anew'])
  scene.world.host('node-1').kubelet.services.restart('kubelet')
  scene.step('one', { name: 'Treating', stage: 'Withdrawing', rung: 1, worked: true, said: 'it is new' })
  expect(scene.complaints).toHaveLength(1)
})
