import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('turns of one key follow each other, a failed one included; another key does not wait', async () => {
  const turns = new Turns()
  const log: string[] = []
  const first = Promise.withResolvers<void>()
  const work = (name: string, until?: Promise<void>) => async () => {
    log.push(`${name} begins`)
    await until
    log.push(`${name} ends`)
    return name
  }
  const a = turns.take('x', work('a', first.promise))
  const b = turns.take('x', work('b'))
  expect(await turns.take('y', work('c'))).toBe('c')
  expect(log).toEqual(['a begins', 'c begins', 'c ends'])
  first.reject(new Error('broken'))
  await expect(a).rejects.toThrow('broken')
  expect(await b).toBe('b')
  expect(log.slice(3)).toEqual(['b begins', 'b ends'])
})
