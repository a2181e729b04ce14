import { expect, test } from 'vitest'
import { below } from './mounts.ts'

test('only what lies in the folder is taken down, and what was mounted last goes first', () => {
  const targets = '/\n/run/bed-5\n/run/bed-5/a\n/run/bed-5/a/b\n/run/bed-50/a\n'
  expect(below('/run/bed-5', targets)).toEqual(['/run/bed-5/a/b', '/run/bed-5/a'])
})
