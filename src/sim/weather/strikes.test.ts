import { expect, test } from 'vitest'
import { Prng } from '../../kernel/prng.ts'
import { seconds } from '../../kernel/time.ts'
import type { TransportRequest } from '../../ports/transport.ts'
import { Loop } from '../loop.ts'
import { Faults } from './faults.ts'
import { someProcess } from './process.fixture.ts'
import { Strikes } from './strikes.ts'

const write = (step: string): TransportRequest => ({
  method: 'PATCH',
  path: '/apis/prunella.dev/v1alpha1/noderemediations/one/status',
  body: { status: { step: { name: step } } },
  timeoutMs: seconds(5),
  lane: 'Request',
})

test('a request is struck by its number, or as the first, second, … write of a step, however often it is asked about', () => {
  const by = someProcess(new Loop())
  const place = { replica: by.replica.index, start: by.start, fault: 'KilledAfter' } as const
  const strikes = new Strikes(
    [
      { ...place, request: 2 },
      { ...place, step: 'Cordoning', request: 2 },
    ],
    new Faults({}, new Prng(1)),
  )
  const hit = (number: number, step: string, fault: 'KilledBefore' | 'KilledAfter' = 'KilledAfter'): boolean =>
    strikes.hit(fault, { by, number, request: write(step) })
  expect([hit(1, 'Cordoning', 'KilledBefore'), hit(1, 'Cordoning'), hit(2, 'Draining')]).toEqual([false, false, true])
  expect([hit(3, 'Cordoning', 'KilledBefore'), hit(3, 'Cordoning'), hit(3, 'Cordoning')]).toEqual([false, true, true])
  expect(hit(4, 'Cordoning')).toBe(false)
})
