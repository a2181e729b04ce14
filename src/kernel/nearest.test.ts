import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

test.each([
  ['KernelDeadlok', 'KernelDeadlock', 1],
  ['KernelDealdock', 'KernelDeadlock', 2],
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['kitten', 'sitting', 3],
])('from %s to %s it is %i', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance)
  expect(editDistance(other, one)).toBe(distance)
})

test('the nearest is what was meant, and nothing far away is', () => {
  const known = ['KernelDeadlock', 'KernelLockup', 'Ready']
  expect(nearest('KernelDeadlok', known)).toBe('KernelDeadlock')
  expect(nearest('ready', known)).toBe('Ready')
  expect(nearest('GPULost', known)).toBeUndefined()
})
