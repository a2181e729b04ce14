import { expect, test } from 'vitest'
import { layoutOf, machinePorts } from './layout.ts'

test('two instances share neither a directory nor a port', () => {
  const [first, second] = [layoutOf({}, { instance: 0 }), layoutOf({}, { instance: 1 })]
  const hardware = [0, 1, 49].flatMap((index) => Object.values(machinePorts(first, index)))
  const ports = [...Object.values(first.ports), ...hardware, ...Object.values(second.ports)]
  expect(new Set(ports).size).toBe(ports.length)
  expect(second.run).not.toBe(first.run)
})

test('the cache follows XDG_CACHE_HOME, and all instances share what was built', () => {
  expect(layoutOf({ XDG_CACHE_HOME: '/c' }, { instance: 3 })).toMatchObject({
    bin: '/c/prunella/bin',
    run: '/c/prunella/testbed/bed-3',
  })
})

test('an XDG_CACHE_HOME that is set and empty is as good as none', () => {
  expect(layoutOf({ XDG_CACHE_HOME: '' }, {}).bin).toBe(layoutOf({}, {}).bin)
})

test('a run directory that was asked for wins', () => {
  expect(layoutOf({ PRUNELLA_TESTBED: '/elsewhere' }, { run: '/here' }).run).toBe('/here')
  expect(layoutOf({ PRUNELLA_TESTBED: '/elsewhere' }, { instance: 2 }).run).toBe('/elsewhere/bed-2')
})

test.each([-1, 1.5, 51])('instance %s is refused', (instance) => {
  expect(() => layoutOf({}, { instance })).toThrow('is not a whole number from 0 to 50')
})
