import { expect, test } from 'vitest'
import { enoughOf } from './enough.ts'

const names = ['hot', 'short', 'storm']

test.each([
  ['hot', [['hot']], [['hot']]],
  ['hot || short', [['hot'], ['short']], [['hot', 'short']]],
  [
    'hot && (short || storm)',
    [
      ['hot', 'short'],
      ['hot', 'storm'],
    ],
    [['hot'], ['short', 'storm']],
  ],
  [
    'storm || hot && short',
    [['storm'], ['hot', 'short']],
    [
      ['storm', 'hot'],
      ['storm', 'short'],
    ],
  ],
])('of %s', (when, gives, ends) => {
  expect(enoughOf(when, names)).toEqual({ gives, ends })
})

test('what cannot be read, or be gone through, is no page', () => {
  expect(() => enoughOf('nobody', names)).toThrow('nobody')
  const many = Array.from({ length: 13 }, (_, index) => `s${index}`)
  expect(() => enoughOf(many.join(' || '), many)).toThrow('more than 12')
})
