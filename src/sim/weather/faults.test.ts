import { expect, test } from 'vitest'
import { Prng } from '../../kernel/prng.ts'
import { Faults } from './faults.ts'

const storm = (faults: Faults): Faults => {
  faults.areOff = false
  return faults
}

const draws = (faults: Faults): readonly boolean[] => Array.from({ length: 500 }, () => faults.happens('RequestLost'))

test('one fault draws as before when another is taken out', () => {
  const both = storm(new Faults({ RequestLost: 100, Throttled: 100 }, new Prng(3)))
  const one = storm(new Faults({ RequestLost: 100 }, new Prng(3)))
  const seen = Array.from({ length: 500 }, () => {
    both.happens('Throttled')
    return both.happens('RequestLost')
  })
  expect(seen).toEqual(draws(one))
  expect(seen.filter(Boolean).length).toBeGreaterThan(5)
})

test('the core is spared, and the world once the storm is over', () => {
  const faults = storm(new Faults({ RequestLost: 100 }, new Prng(3)))
  const spared = Array.from({ length: 500 }, () => faults.happens('RequestLost', { isSpared: true }))
  faults.worldIsSpared = true
  expect([...spared, ...draws(faults)]).not.toContain(true)
  expect(Array.from({ length: 500 }, () => faults.happens('RequestLost', { isSpared: false }))).toContain(true)
})
