import { describe, expect, test } from 'vitest'
import { parseLabelSelector } from './label-selector.ts'

const labels = { app: 'web', tier: '3', empty: '' }

describe('a label selector', () => {
  test.each([
    '',
    'app',
    'app=web',
    'app==web',
    'app!=db',
    'none!=x',
    '!none',
    'app in (db, web)',
    'app notin (db)',
    'empty=',
    'empty in ()',
  ])('%j selects', (selector) => {
    expect(parseLabelSelector(selector)(labels)).toBe(true)
  })

  test.each(['tier>2', 'tier < 4', 'app=web,tier>2,!none', 'app in (web),tier'])('%j selects', (selector) => {
    expect(parseLabelSelector(selector)(labels)).toBe(true)
  })

  test.each([
    'none',
    'app=db',
    '!app',
    'app in (db)',
    'app notin (web)',
    'tier>3',
    'app>1',
    'none>1',
    'app=web,tier=4',
  ])('%j does not select', (selector) => {
    expect(parseLabelSelector(selector)(labels)).toBe(false)
  })

  test.each([
    ['app=web,', "found '', expected: identifier after ','"],
    ['app web', "found 'web', expected: in, notin, =, ==, !=, gt, lt"],
    ['app=a b', "found 'b', expected: ',' or 'end of string'"],
    ['app in web', "found 'web' expected: '('"],
    ['app in (a', "found '', expected: ',' or ')'"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    ['tier>x', "for 'Gt', 'Lt' operators, the value must be an integer"],
    ['-a', 'Invalid value: "-a"'],
    ['a=-', 'Invalid value: "-"'],
  ])('%j is refused', (selector, message) => {
    expect(() => parseLabelSelector(selector)).toThrow(message)
  })
})
