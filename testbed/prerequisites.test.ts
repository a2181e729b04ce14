import { expect, test } from 'vitest'
import { isGoRecent, missingPackages } from './prerequisites.ts'

test('what is missing is named with the command that installs it', () => {
  const missing = missingPackages('B', (program) => (program === 'ipmi_sim' ? undefined : `/usr/bin/${program}`))
  expect(missing).toHaveLength(1)
  expect(missing[0]?.what).toBe('ipmi_sim (Debian package openipmi)')
  expect(missing[0]?.install).toContain('apt-get install -y --no-install-recommends openipmi')
})

test('a tier asks only for what it uses', () => {
  expect(missingPackages('A', () => undefined).map(({ package: name }) => name)).toEqual(['openssl'])
})

test.each([
  ['go1.26.8', true],
  ['go1.26', true],
  ['go2.0', true],
  ['go1.25.9', false],
  ['devel', false],
])('%s is recent: %s', (version, recent) => {
  expect(isGoRecent(version)).toBe(recent)
})
