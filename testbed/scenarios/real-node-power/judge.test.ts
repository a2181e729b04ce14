import { expect, test } from 'vitest'
import type { RunningPod } from '../../real-machines/pods.ts'
import { bootCheck, powerChecks, reachChecks, remainsCheck, samePodCheck } from './judge.ts'

const off = { at: 20, power: 'Off' } as const
const on = { at: 24, power: 'On' } as const
const hold = (checks: readonly { readonly holds: boolean }[]): boolean => checks.every(({ holds }) => holds)

test('off and on of the one machine is as it should be, and nothing else', () => {
  expect(hold(powerChecks([off, on], []))).toBe(true)
  expect(hold(powerChecks([off], []))).toBe(false)
  expect(hold(powerChecks([off, on, off, on], []))).toBe(false)
  expect(hold(powerChecks([off, on], [off, on]))).toBe(false)
})

test('a process that outlived the power is told', () => {
  expect(remainsCheck([])).toMatchObject({ holds: true })
  expect(remainsCheck(['process 4711'])).toMatchObject({ holds: false, seen: 'process 4711' })
})

test('a boot ID that nobody reported is no new one', () => {
  expect([bootCheck('a', 'b').holds, bootCheck('a', 'a').holds, bootCheck('a', '').holds]).toEqual([true, false, false])
})

test('the pod must be the same and must have been started again', () => {
  const before: RunningPod = { name: 'web', uid: '1', address: '10.88.0.2', restarts: 0 }
  expect(samePodCheck({ before, after: { ...before, restarts: 1 } }).holds).toBe(true)
  expect(samePodCheck({ before, after: before }).holds).toBe(false)
  expect(samePodCheck({ before, after: { ...before, uid: '2', restarts: 1 } }).holds).toBe(false)
})

test.each([
  [{}, true],
  [{ log: '' }, false],
  [{ apiserver: '' }, false],
  [{ neighbour: '404' }, false],
  [{ bootID: 'that of the host' }, false],
])('a pod that found %j is well: %s', (found, well) => {
  const reach = {
    log: 'the workload has started\n',
    apiserver: 'Client sent an HTTP request to an HTTPS server.',
    neighbour: 'here is the neighbour',
    bootID: 'b\n',
  }
  expect(hold(reachChecks('before', { ...reach, ...found }, 'b'))).toBe(well)
})
