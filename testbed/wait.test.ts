import { expect, test } from 'vitest'
import { wait } from './wait.ts'

const patience = { deadlineMs: 60, everyMs: 5 }

test('it returns what was seen, however often looking failed before', async () => {
  let looks = 0
  const look = async (): Promise<string | undefined> => {
    looks += 1
    if (looks === 1) throw new Error('connection refused')
    return looks === 3 ? 'there' : undefined
  }
  expect(await wait('it', look, patience)).toBe('there')
})

test('the deadline says what was waited for, and keeps the last error as its cause', async () => {
  const refused = new Error('connection refused')
  const error = await wait('the node', () => Promise.reject(refused), patience).catch((error: unknown) => error)
  expect(error).toMatchObject({ message: 'waiting for the node: not seen within 0.06 s', cause: refused })
})

test('it gives up before the deadline when told that waiting is in vain', async () => {
  const giveUp = (): string => 'its process has ended'
  await expect(wait('etcd', async () => undefined, { deadlineMs: 60_000, giveUp })).rejects.toThrow(
    'its process has ended',
  )
})
