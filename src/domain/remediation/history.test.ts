import { describe, expect, test } from 'vitest'
import type { Start } from '../../api/v1alpha1/disruption-ledger.ts'
import { later, minutes, rfc3339 } from '../../kernel/time.ts'
import { surroundings } from '../surroundings/surroundings.fixture.ts'
import { decide } from './decide.ts'
import { ledger, now, observation, policy, run, runSpec, runUID, shared, slot, steps } from './observation.fixture.ts'

const asked = run({ spec: runSpec({ requestedBy: 'alice' }) })

const ended = (runName: string, agoMs: number, rest: Partial<Start> = {}): Start => ({
  runUID: `${runName}-uid`,
  runName,
  policyName: 'policy',
  nodeName: runSpec().node.name,
  nodeUID: runSpec().node.uid,
  startTime: rfc3339(later(now, -agoMs - minutes(5))),
  endTime: rfc3339(later(now, -agoMs)),
  attempt: true,
  ...rest,
})

const claiming = (starts: readonly Start[], limits: object) =>
  decide(
    observation({
      step: steps.claiming,
      run: asked,
      around: { ...observation().around, whole: surroundings() },
      ledger: ledger({ starts }),
      shared: shared(policy({ limits: { ...policy({}).limits, ...limits } })),
    }),
  )

describe('a run that a person asks for', () => {
  test('waits until the node has had its rest', () => {
    const decision = claiming([ended('before', minutes(2))], { cooldownSeconds: 600 })
    expect(decision).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'CooldownActive' } })
  })

  test('is one attempt too many where none is left', () => {
    const limits = { cooldownSeconds: 0, attempts: { max: 2, windowSeconds: 86_400 } }
    const decision = claiming([ended('one', minutes(60)), ended('two', minutes(30))], limits)
    expect(decision).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'AttemptsExhausted' } })
  })

  test('is not kept by what happened to another node, nor by its own start', () => {
    const limits = { cooldownSeconds: 600, attempts: { max: 1, windowSeconds: 86_400 } }
    const starts = [
      ended('elsewhere', minutes(1), { nodeUID: 'other' }),
      ended('own', minutes(1), { runUID: asked.uid }),
    ]
    expect(claiming(starts, limits)).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
  })
})

describe('a retry', () => {
  const retried = (retries: number, max: number) =>
    decide(
      observation({
        step: { ...steps.claiming, attempted: true, retry: 1 },
        ledger: ledger({
          starts: [ended('own', minutes(1), { runUID: run().uid }), ended('other', minutes(9), { retries })],
        }),
        shared: shared(
          policy({ limits: { ...policy({}).limits, cooldownSeconds: 600, attempts: { max, windowSeconds: 86_400 } } }),
        ),
      }),
    )

  test('is an attempt: it waits where none is left', () => {
    expect(retried(1, 3)).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'AttemptsExhausted' } })
  })

  test('needs no rest, and is written down as an attempt of its run', () => {
    expect(retried(0, 3)).toMatchObject({
      commands: [{ kind: 'ClaimSlot', ledger: { starts: [{ runName: 'own', retries: 1 }, { runName: 'other' }] } }],
    })
  })

  test('that comes before the slot was given back is an attempt like any other', () => {
    const open = ended('own', minutes(1), { runUID })
    const { endTime: _, ...unended } = open
    const held = (max: number, retries: number) =>
      decide(
        observation({
          step: { ...steps.claiming, attempted: true, retry: 1 },
          ledger: ledger({ slots: [slot(runUID)], starts: [{ ...unended, retries }] }),
          shared: shared(policy({ limits: { ...policy({}).limits, attempts: { max, windowSeconds: 86_400 } } })),
        }),
      )
    expect(held(1, 0)).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'AttemptsExhausted' } })
    expect(held(2, 0)).toMatchObject({ commands: [{ kind: 'ClaimSlot', ledger: { starts: [{ retries: 1 }] } }] })
    expect(held(2, 1)).toMatchObject({ kind: 'Move', next: { name: 'Cordoning' } })
  })

  test('is an attempt although somebody has emptied the list of starts: the run knows that it was there', () => {
    const forgotten = (max: number, retry: number, attempted = true) =>
      decide(
        observation({
          step: { ...steps.claiming, attempted, retry },
          shared: shared(policy({ limits: { ...policy({}).limits, attempts: { max, windowSeconds: 86_400 } } })),
        }),
      )
    expect(forgotten(1, 1)).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'AttemptsExhausted' } })
    expect(forgotten(2, 2)).toMatchObject({ held: { reason: 'AttemptsExhausted' } })
    expect(forgotten(2, 1)).toMatchObject({ commands: [{ kind: 'ClaimSlot', ledger: { starts: [{ retries: 1 }] } }] })
    expect(forgotten(1, 1, false)).toMatchObject({ commands: [{ kind: 'ClaimSlot' }] })
  })

  test('that gets no slot in time leaves the node as it is: quarantined', () => {
    const late = observation({
      step: { ...steps.claiming, attempted: true, retry: 1, deadline: now },
      now: later(now, 1),
    })
    expect(decide(late)).toMatchObject({ next: { name: 'Quarantined', cause: 'BudgetExhausted' } })
  })
})
