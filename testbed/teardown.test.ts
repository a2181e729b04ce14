import { expect, test } from 'vitest'
import { stopOrder } from './teardown.ts'

test('the operator ends first, then hardware, etcd last, and what has no rank in between', () => {
  const names = [
    'bmc-machine-1',
    'etcd',
    'karpenter',
    'kube-apiserver',
    'kube-scheduler',
    'kwok',
    'machine-room',
    'operator',
    'power-machine-1',
  ]
  expect(stopOrder(names)).toEqual([
    ['operator'],
    ['bmc-machine-1'],
    ['machine-room'],
    ['power-machine-1'],
    ['karpenter', 'kwok'],
    ['kube-scheduler'],
    ['kube-apiserver'],
    ['etcd'],
  ])
})

test('a bed without anything has nothing to stop', () => {
  expect(stopOrder([])).toEqual([])
})
