import { expect, test } from 'vitest'
import type { Seen } from '../../scenario/object-watch.ts'
import { availabilityChecks, fewestAvailable } from './judge.ts'
import { busyRatio } from './load.ts'

interface PodSeen {
  readonly at: number
  readonly uid: string
  readonly type?: Seen['type']
}
const pod = ({ at, uid, type = 'MODIFIED' }: PodSeen): Seen => ({
  at,
  type,
  object: { metadata: { uid }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
})

test('the lowest count since the fault is what counts', () => {
  const before = [pod({ at: 1, uid: 'a' }), pod({ at: 2, uid: 'b' })]
  expect(fewestAvailable([...before, pod({ at: 12, uid: 'c' })], 10)).toBe(3)
  expect(fewestAvailable([...before, pod({ at: 12, uid: 'a', type: 'DELETED' }), pod({ at: 13, uid: 'c' })], 10)).toBe(
    1,
  )
})

test('a pod that is on its way out is not available, however ready it says it is', () => {
  const terminating = pod({ at: 12, uid: 'a' })
  const object = { ...terminating.object, metadata: { uid: 'a', deletionTimestamp: 'now' } }
  expect(fewestAvailable([pod({ at: 1, uid: 'a' }), { ...terminating, object }], 10)).toBe(0)
})

test('a budget below what it wants is a violation, a spare one is none', () => {
  const budget = (currentHealthy: number): Seen => ({
    at: 12,
    type: 'MODIFIED',
    object: { status: { currentHealthy, desiredHealthy: 5 } },
  })
  const [fine] = availabilityChecks({ budgets: [budget(5), budget(6)], pods: [] }, 10)
  const [broken] = availabilityChecks({ budgets: [budget(4)], pods: [] }, 10)
  expect(fine?.holds).toBe(true)
  expect(broken?.holds).toBe(false)
})

test('the load falls below the threshold with the first pod that leaves', () => {
  expect(busyRatio(3, 3)).toBe(0.99)
  expect(busyRatio(2, 3)).toBeLessThan(0.95)
  expect(busyRatio(0, 3)).toBe(0.05)
})
