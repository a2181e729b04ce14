import { expect, test } from 'vitest'
import { accusationCheck, accusationsIn, lineOf, type Outcome, outcomeCheck, slowestCheck } from './judge.ts'

const fault = {
  name: 'kernel-deadlock',
  injected: 'containerd hangs',
  evidence: 'Real',
  diagnosis: 'kernel-hang',
  limitSeconds: 5,
} as const
const outcome = (seen: Partial<Outcome> = {}): Outcome => ({
  fault,
  signal: 'KernelDeadlock',
  injectedAt: 1_000,
  signalAt: 1_410,
  diagnosisAt: 1_620,
  ...seen,
})

test('a fault is told in one line, from what was done to what was found', () => {
  expect(lineOf(outcome())).toBe('containerd hangs (real) → KernelDeadlock +0.41 s → kernel-hang +0.62 s')
  expect(lineOf(outcome({ diagnosisAt: undefined, problem: 'nobody said so' }))).toBe(
    'containerd hangs (real) → KernelDeadlock +0.41 s → kernel-hang never: nobody said so',
  )
})

test.each([
  ['at the limit', { diagnosisAt: 6_000 }, true],
  ['beyond the limit', { diagnosisAt: 6_001 }, false],
  ['without a diagnosis', { diagnosisAt: undefined }, false],
  ['without a signal', { signalAt: undefined }, false],
])('%s', (_what, seen, holds) => {
  expect(outcomeCheck(outcome(seen)).holds).toBe(holds)
})

test('the slowest counts, and nothing seen is no proof', () => {
  const slow = outcome({ diagnosisAt: 5_500 })
  expect(slowestCheck('road', 5, [outcome(), slow])).toMatchObject({
    holds: true,
    seen: '2 of 2 seen, the slowest after 4.50 s',
  })
  expect(slowestCheck('road', 4, [outcome(), slow]).holds).toBe(false)
  expect(slowestCheck('road', 5, [outcome(), outcome({ diagnosisAt: undefined })]).holds).toBe(false)
  expect(slowestCheck('road', 5, []).holds).toBe(false)
})

const health = (name: string, diagnosis?: string) => ({
  metadata: { name },
  status: diagnosis === undefined ? {} : { diagnosis: { name: diagnosis } },
})

test('a diagnosis that nobody brought about is an accusation, on another node and on the same', () => {
  const own = accusationsIn([health('kernel-deadlock'), health('kernel-deadlock', 'kernel-hang')])
  expect(accusationCheck(own, [outcome()]).holds).toBe(true)
  const other = accusationsIn([health('disk-full', 'kernel-hang')])
  expect(accusationCheck(other, [outcome()])).toMatchObject({ holds: false, seen: 'disk-full: kernel-hang' })
  const more = accusationsIn([health('kernel-deadlock', 'disk-full')])
  expect(accusationCheck(more, [outcome()]).holds).toBe(false)
})
