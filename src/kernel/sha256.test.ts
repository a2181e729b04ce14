import { createHash } from 'node:crypto'
import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { sha256, shortHash } from './sha256.ts'

test('agrees with the reference implementation on any text', () => {
  const reference = (text: string): string => createHash('sha256').update(text).digest('hex')
  assert(property(string({ unit: 'binary', maxLength: 200 }), (text) => sha256(text) === reference(text)))
  expect(sha256('a'.repeat(1_000))).toBe(reference('a'.repeat(1_000)))
})

test('a short hash is a lower-case name of ten characters', () => {
  expect(shortHash('policy/uid/1')).toMatch(/^[a-z0-9]{10}$/)
  expect(shortHash('policy/uid/1')).not.toBe(shortHash('policy/uid/2'))
})
