import { expect, test } from 'vitest'
import type { Pod } from '../../api/core/pod.ts'
import { runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { later, rfc3339 } from '../../kernel/time.ts'
import { cordoned, meta, now, observation, pod, run, slotHeld, steps, treating } from './observation.fixture.ts'
import { move, stay } from './outcome.ts'
import { statusAfterMove, statusWhileWaiting } from './status.ts'

const before = runStatusSchema.parse({})
const going = { ...pod('going').metadata, deletionTimestamp: rfc3339(later(now, 10_000)) }
const undrained = { total: 3, gone: 0, waiting: 0, terminating: 0, leaving: [], blocked: [], skipped: 0, stays: [] }

test('the last word about a drain counts the pods that went in the look that ended it', () => {
  const drain = { ...undrained, gone: 1, terminating: 2 }
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

test('a node is called drained when its pods were seen gone, and not where the rung waives some of them', () => {
  const drainedAs = (pods: readonly Pod[]) => {
    const seen = observation({ step: steps.draining, ...slotHeld, ...cordoned(), pods, run: run({ drain: undrained }) })
    const after = statusAfterMove(seen, before, move(treating(), 'TreatmentRequested', 'begins'))
    return after.conditions.find(({ type }) => type === 'Drained')
  }
  expect(drainedAs([])).toMatchObject({ status: 'True', reason: 'Drained', message: '3 of 3 pods are gone' })
  expect(drainedAs([pod('left'), pod('going', { metadata: going })])).toMatchObject({
    status: 'False',
    reason: 'PodsLeft',
    message: '1 of 3 pods are gone, 1 terminating, 1 waiting',
  })
})

test('what is said of a drain stays small, however many pods there are', () => {
  const pods = Array.from({ length: 200 }, (_, index) =>
    pod(`pod-${String(index).padStart(3, '0')}`, {
      metadata: meta(`pod-${index}`, { namespace: `namespace-${index}`, ownerReferences: [] }),
    }),
  )
  const seen = observation({ step: steps.draining, ...slotHeld, ...cordoned(), pods })
  const after = statusAfterMove(seen, before, move(treating(), 'TreatmentRequested', 'begins'))
  expect(after.drain).toMatchObject({ total: 200, blocked: [{ reason: 'UnmanagedPods', count: 200 }] })
  expect(JSON.stringify(after.drain).length).toBeLessThan(1_000)
  expect(runStatusSchema.safeParse(after).error?.issues).toBeUndefined()
})
