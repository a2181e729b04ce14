import { expect, test } from 'vitest'
import { runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { cordoned, observation, run, slotHeld, steps, treating } from './observation.fixture.ts'
import { move, stay } from './outcome.ts'
import { statusAfterMove, statusWhileWaiting } from './status.ts'

const before = runStatusSchema.parse({})

test('the last word about a drain counts the pods that went in the look that ended it', () => {
  const drain = { total: 3, gone: 1, terminating: 2, blocked: [], skipped: 0 }
  const seen = observation({ step: steps.draining, ...slotHeld, ...cordoned(), run: run({ drain }) })
  const after = statusAfterMove(seen, before, move(treating(), 'TreatmentRequested', 'begins'))
  expect(after.drain).toMatchObject({ total: 3, gone: 3, terminating: 0 })
})

test('a move tells its reason in the timeline and moves the conditions', () => {
  const after = statusAfterMove(observation(), before, move(steps.claiming, 'RemediationStarted', 'because'))
  expect(after).toMatchObject({
    step: { name: 'Claiming' },
    timeline: [{ reason: 'RemediationStarted', message: 'because' }],
  })
  expect(after.conditions.find(({ type }) => type === 'Approved')).toMatchObject({
    status: 'True',
    reason: 'ApprovalNotRequired',
  })
})

test('an answer that is too long, or that would act on a terminal, is stored cut and shown', () => {
  const message = `\u001b[2J${'x'.repeat(2_000)}`
  const gates = [
    { gate: 'ProviderReady', result: 'Unknown', reason: 'ProviderRefused', message, unblockedBy: message },
  ] as const
  const held = { reason: 'ProviderRefused', message }
  const after = statusWhileWaiting(observation(), before, stay('waits', { wakeAfterMs: 1, held, gates }))
  expect(runStatusSchema.safeParse(after).error?.issues).toBeUndefined()
  expect(after.gates[0]?.message).toMatch(/^\\u001b\[2Jx/)
})
