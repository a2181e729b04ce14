import { expect, test } from 'vitest'
import { withFlags } from './kubectl.ts'

test('flags of kubectl do not become words of the command in a pod', () => {
  expect(withFlags(['get', 'nodes'], ['--a', '--b'])).toEqual(['get', 'nodes', '--a', '--b'])
  expect(withFlags(['exec', 'web', '--', 'ls', '--', '-l'], ['--a'])).toEqual([
    'exec',
    'web',
    '--a',
    '--',
    'ls',
    '--',
    '-l',
  ])
})
