import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { cordoned, observation, run, slotHeld, steps, treating, verifying } from './observation.fixture.ts'

/** As a person creates it with kubectl: nothing keeps it. */
const byHand = run({ hasFinalizer: false })

describe('a run that nothing keeps', () => {
  test.each([
    ['Claiming', steps.claiming],
    ['Cordoning', steps.cordoning],
    ['Draining', steps.draining],
    ['Treating', treating()],
    ['Verifying', verifying()],
    ['Quarantined', steps.quarantined],
  ])('gets its finalizer before anything else, also in %s', (_name, step) => {
    const decision = decide(observation({ step, ...slotHeld, ...cordoned(), run: byHand }))
    expect(decision).toMatchObject({ kind: 'Stay', commands: [{ kind: 'SetFinalizer', kept: true }] })
  })

  test('that is being deleted can get none, and ends', () => {
    const deleted = run({ hasFinalizer: false, terminating: true })
    expect(decide(observation({ step: steps.claiming, run: deleted }))).toMatchObject({ next: { name: 'Releasing' } })
  })
})
