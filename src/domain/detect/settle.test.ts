import { expect, test } from 'vitest'
import type { ConditionStatus } from '../../api/core/node.ts'
import { type Signal, signalSchema } from '../../api/v1alpha1/signal.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { monoAfter } from './evidence.fixture.ts'
import { type Settled, settle } from './settle.ts'

const signal = (rules: JsonObject): Signal => signalSchema.parse({ name: 'hot', alert: { name: 'NodeHot' }, ...rules })

/** One answer a second, as the source gives them. */
function answers(rules: JsonObject, ...states: readonly ConditionStatus[]): readonly ConditionStatus[] {
  let before: Settled | undefined
  return states.map((state, second) => {
    const mono = monoAfter(second)
    const claim = { name: 'hot', state, reason: undefined, message: 'said', sampledAt: mono }
    before = settle(before?.settling, { signal: signal(rules), claim, mono })
    return before.claim.state
  })
}

test('without a rule every answer counts as it comes', () => {
  expect(answers({}, 'True', 'False', 'Unknown', 'True')).toEqual(['True', 'False', 'Unknown', 'True'])
})

test.each<[string, readonly ConditionStatus[], ConditionStatus]>([
  ['enough of the last samples', ['True', 'False', 'True', 'True'], 'True'],
  ['too few, whatever the missing ones would have been', ['False', 'False'], 'False'],
  ['too few yet', ['True', 'True'], 'Unknown'],
  ['a silence that could have been either', ['True', 'True', 'Unknown', 'False'], 'Unknown'],
  ['old ones are forgotten', ['True', 'True', 'True', 'False', 'False', 'False'], 'False'],
])('three of four samples: %s', (_what, states, expected) => {
  expect(answers({ samples: { atLeast: 3, of: 4 } }, ...states).at(-1)).toBe(expected)
})

test('an answer that is looked at twice is one sample', () => {
  const rules = signal({ samples: { atLeast: 2, of: 2 } })
  const claim = { name: 'hot', state: 'True', reason: undefined, message: '', sampledAt: monoAfter(0) } as const
  const once = settle(undefined, { signal: rules, claim, mono: monoAfter(0) })
  const twice = settle(once.settling, { signal: rules, claim, mono: monoAfter(1) })
  expect(twice.claim.state).toBe('Unknown')
  const newer = settle(twice.settling, {
    signal: rules,
    claim: { ...claim, sampledAt: monoAfter(2) },
    mono: monoAfter(2),
  })
  expect(newer.claim.state).toBe('True')
})

test('what has to be gone for a while stays until it was, and says when that will be', () => {
  expect(answers({ leaveSeconds: 2 }, 'True', 'False', 'False', 'False')).toEqual(['True', 'True', 'True', 'False'])
  const claim = { name: 'hot', reason: undefined, message: '' }
  const was = settle(undefined, {
    signal: signal({ leaveSeconds: 2 }),
    claim: { ...claim, state: 'True' },
    mono: monoAfter(0),
  })
  const left = settle(was.settling, {
    signal: signal({ leaveSeconds: 2 }),
    claim: { ...claim, state: 'False' },
    mono: monoAfter(1),
  })
  expect(left).toMatchObject({ claim: { state: 'True' }, leftMs: 2_000 })
})

test('a relapse and a silence begin the leaving anew', () => {
  expect(answers({ leaveSeconds: 2 }, 'True', 'False', 'True', 'False', 'False')).toEqual(Array(5).fill('True'))
  expect(answers({ leaveSeconds: 2 }, 'True', 'False', 'Unknown', 'False', 'False', 'False')).toEqual([
    'True',
    'True',
    'Unknown',
    'True',
    'True',
    'False',
  ])
})

test('a source that fell silent is not answered for by its old samples', () => {
  const rules = signal({ samples: { atLeast: 2, of: 2 } })
  const said = (state: ConditionStatus, second: number) =>
    ({ name: 'hot', state, reason: undefined, message: 'said', sampledAt: monoAfter(second) }) as const
  for (const state of ['True', 'False'] as const) {
    const first = settle(undefined, { signal: rules, claim: said(state, 0), mono: monoAfter(0) })
    const second = settle(first.settling, { signal: rules, claim: said(state, 1), mono: monoAfter(1) })
    expect(second.claim.state).toBe(state)
    const claim = { name: 'hot', state: 'Unknown', reason: 'SourceUnavailable', message: 'refused' } as const
    const silent = settle(second.settling, { signal: rules, claim, mono: monoAfter(900) })
    expect(silent.claim).toEqual(claim)
    const back = settle(silent.settling, { signal: rules, claim: said(state, 901), mono: monoAfter(901) })
    expect(back.claim.state).toBe(state)
  }
})

test('who counts samples looks again until one more could change nothing', () => {
  const rules = signal({ samples: { atLeast: 2, of: 3 } })
  let before: Settled | undefined
  const waits = (['True', 'True', 'True', 'False', 'False', 'False'] as const).map((state, second) => {
    const claim = { name: 'hot', state, reason: undefined, message: '', sampledAt: monoAfter(second) }
    before = settle(before?.settling, { signal: rules, claim, mono: monoAfter(second) })
    return before.leftMs
  })
  expect(waits).toEqual([15_000, 15_000, undefined, 15_000, 15_000, undefined])
  const claim = { name: 'hot', state: 'Unknown', reason: 'SourceUnavailable', message: '' } as const
  expect(settle(undefined, { signal: rules, claim, mono: monoAfter(9) }).leftMs).toBeUndefined()
})

test('what is not polled leaves in its time as well, looked at however often', () => {
  const rules = signal({ leaveSeconds: 10 })
  const claim = { name: 'hot', reason: undefined, message: 'said' }
  let before = settle(undefined, { signal: rules, claim: { ...claim, state: 'True' }, mono: monoAfter(0) })
  const states = Array.from({ length: 12 }, (_, second) => {
    before = settle(before.settling, { signal: rules, claim: { ...claim, state: 'False' }, mono: monoAfter(second) })
    return before.claim.state
  })
  expect(states).toEqual([...Array.from({ length: 10 }, () => 'True'), 'False', 'False'])
})

test('where nothing is new what is remembered is the very same', () => {
  const rules = signal({ samples: { atLeast: 1, of: 2 } })
  const said = { name: 'hot', state: 'False', reason: undefined, message: '', sampledAt: monoAfter(0) } as const
  const once = settle(undefined, { signal: rules, claim: said, mono: monoAfter(0) }).settling
  expect(settle(once, { signal: rules, claim: said, mono: monoAfter(1) }).settling).toBe(once)
  const next = { ...said, sampledAt: monoAfter(2) }
  expect(settle(once, { signal: rules, claim: next, mono: monoAfter(2) }).settling.samples).toEqual(['False', 'False'])
})
