import { expect, test } from 'vitest'
import { ThrottledError, UnavailableError } from '../ports/errors.ts'
import { together } from './together.ts'

test('all answers, in the order of the questions', async () => {
  expect(await together([Promise.resolve(1), 'two', undefined])).toEqual([1, 'two', undefined])
})

test('who was asked for patience comes first, though another one failed earlier', async () => {
  const away = Promise.reject(new UnavailableError('away'))
  const busy = Promise.resolve().then(() => {
    throw new ThrottledError('busy', 5_000)
  })
  await expect(together([away, busy, 1])).rejects.toBeInstanceOf(ThrottledError)
})

test('it fails once nobody is asking any more', async () => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const told: string[] = []
  const all = together([Promise.reject(new UnavailableError('away')), promise]).catch(() => told.push('failed'))
  await Promise.resolve()
  await new Promise((done) => setImmediate(done))
  expect(told).toEqual([])
  resolve(1)
  await all
  expect(told).toEqual(['failed'])
})
