import { expect, test } from 'vitest'
import { identityOf, isAlive, parseStat } from './identity.ts'

const stat = (name: string, state: string): string =>
  `4711 (${name}) ${state} 1 4711 4711 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 9 0 886622 1000 20 18446744073709551615`

test('the start is read behind the name, whatever the name contains', () => {
  expect(parseStat(stat('etcd', 'S'))).toEqual({ pid: 4711, startTicks: 886_622 })
  expect(parseStat(stat('a) Z (b', 'S'))).toEqual({ pid: 4711, startTicks: 886_622 })
})

test('a process that has ended and only waits for its parent is no process', () => {
  expect(parseStat(stat('etcd', 'Z'))).toBe(undefined)
})

test('a number that was given to another process is not the process we started', () => {
  const own = identityOf(process.pid)
  if (own === undefined) throw new Error('this process is not in /proc')
  expect(isAlive(own)).toBe(true)
  expect(isAlive({ ...own, startTicks: own.startTicks - 1 })).toBe(false)
})
