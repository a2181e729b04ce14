import { expect, test } from 'vitest'
import { RefusedError } from '../ports/errors.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { Rights } from './rights.ts'

const refused =
  (what: string, status = 403) =>
  async () =>
    await Promise.reject(
      new RefusedError(`patching nodes node-1: nodes "node-1" is forbidden: User "prunella" ${what}`, {
        status,
        reason: 'Forbidden',
      }),
    )

test('a refusal tells which right is missing, and is believed for a while', async () => {
  const [clock, told] = rights()
  await expect(
    told.learn(refused('cannot patch resource "nodes" in API group "" at the cluster scope')()),
  ).rejects.toThrow()
  expect(told.missing()).toBe('patch nodes')
  await clock.advance(299_999)
  expect(told.missing()).toBe('patch nodes')
  await clock.advance(1)
  expect(told.missing()).toBeUndefined()
})

test('subresources are named as people ask for them', async () => {
  const [, told] = rights()
  await expect(told.learn(refused('cannot create resource "pods/eviction" in API group ""')())).rejects.toThrow()
  expect(told.missing()).toBe('create pods/eviction')
})

test.each([
  ['an event', refused('cannot create resource "events" in API group "events.k8s.io"')],
  ['a refusal for another reason', refused('is denied by a policy')],
  ['an invalid object', refused('cannot patch resource "nodes"', 422)],
  ['an outage', () => Promise.reject(new Error('cannot patch resource "nodes"'))],
])('%s is no missing right', async (_what, effect) => {
  const [, told] = rights()
  await expect(told.learn(effect())).rejects.toThrow()
  expect(told.missing()).toBeUndefined()
})

test('what succeeds is passed on', async () => {
  const [, told] = rights()
  expect(await told.learn(Promise.resolve(7))).toBe(7)
})

function rights() {
  const clock = new FakeClock()
  return [clock, new Rights(clock)] as const
}
