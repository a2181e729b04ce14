import { expect, test } from 'vitest'
import { selfReviewKind } from '../api/core/self-review.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Cluster } from '../ports/cluster.ts'
import { RefusedError, UnavailableError } from '../ports/errors.ts'
import { callerOf } from './caller.ts'

const called = async (answer: JsonObject | Error) => {
  const create = async () => {
    if (answer instanceof Error) throw answer
    return selfReviewKind.project(answer)
  }
  return await callerOf({ create } as unknown as Cluster, { user: 'local' })
}

test('who calls is whom the API server takes the caller for', async () => {
  expect(await called({ status: { userInfo: { username: 'alice@example.org' } } })).toBe('alice@example.org')
})

test('a server that cannot be asked leaves the name of the account; an outage is no answer', async () => {
  expect(await called(new RefusedError('creating selfsubjectreviews', { status: 404, reason: '' }))).toBe('local')
  expect(await called({})).toBe('local')
  await expect(called(new UnavailableError('nobody'))).rejects.toThrow('nobody')
})
