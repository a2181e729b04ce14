import { expect, test } from 'vitest'
import { readOnce } from './read-once.ts'

test('what is frozen is read once, what may change every time', () => {
  const read: unknown[] = []
  const reader = readOnce((raw: { readonly name: string }) => {
    read.push(raw.name)
    return { name: raw.name }
  })
  const frozen = Object.freeze({ name: 'frozen' })
  const open = { name: 'open' }
  expect(reader(frozen)).toBe(reader(frozen))
  expect(reader(open)).not.toBe(reader(open))
  expect(read).toEqual(['frozen', 'open', 'open'])
})

test('that there is nothing to be made of it is remembered too', () => {
  let times = 0
  const reader = readOnce((): undefined => {
    times += 1
  })
  const frozen = Object.freeze({})
  reader(frozen)
  expect(reader(frozen)).toBeUndefined()
  expect(times).toBe(1)
})
