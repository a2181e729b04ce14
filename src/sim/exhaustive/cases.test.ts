import { expect, test } from 'vitest'
import { Effects } from '../oracles/effects.ts'
import { drawPlan } from '../plan/draw-plan.ts'
import { chanceNames } from '../plan/fault.ts'
import { faultCases, killCase } from './cases.ts'
import type { Played, Request } from './play.ts'
import type { ShortStory } from './short-stories.ts'
import { verdict } from './verdict.ts'

const request = (number: number, isEffect: boolean, start = 1): Request => ({
  replica: 0,
  start,
  request: number,
  what: `PATCH /${number}`,
  isEffect,
})

const story: ShortStory = { name: 'Reboot', outcome: 'NodeRecovered', plan: drawPlan(1) }

const played = (outcomes: readonly string[], more: Partial<Played> & { readonly occasions?: number } = {}): Played => ({
  report: {
    plan: story.plan,
    failure: undefined,
    traceHash: '',
    trace: [],
    outcomes,
    faults: new Map(),
    occasions: new Map(chanceNames.map((name) => [name, more.occasions ?? 0])),
    lastedMs: 0,
  },
  requests: [],
  effects: new Effects('operator'),
  ...more,
})

const at = request(7, true)
const kill = killCase(story, at, 'KilledAfter')
const requests = [at, request(8, false), request(3, true, 2), request(4, true, 2)]
const faultsOf = (killed: Played): readonly string[] => faultCases(kill, at, killed).map(({ fault }) => fault)

test('a kill with every fault: once each, at the first effect after the kill or for the whole run', () => {
  const cases = faultCases(kill, at, played([], { requests, occasions: 10_000 }))
  expect(cases.map(({ fault }) => fault)).toEqual(chanceNames)
  expect(cases.find(({ fault }) => fault === 'RequestLost')?.plan.strikes).toEqual([
    { replica: 0, start: 1, request: 7, fault: 'KilledAfter' },
    { replica: 0, start: 2, request: 3, fault: 'RequestLost' },
  ])
  expect(cases.find(({ fault }) => fault === 'WatchSilent')?.plan.faults).toEqual({ WatchSilent: 100 })
})

test('a fault without an occasion, or with too few of them, is no other run', () => {
  expect(faultsOf(played([], { requests: [at] }))).toEqual([])
  expect(faultsOf(played([], { requests }))).not.toContain('PowerLost')
  // Each of them befalls five watch events in a thousand.
  expect(faultsOf(played([], { occasions: 1 }))).not.toContain('WatchEventLost')
  expect(faultsOf(played([], { occasions: 10_000 }))).toContain('WatchEventLost')
})

test('nobody changes beneath our hands what we only create or delete', () => {
  const creates = { ...request(8, true), what: 'POST /8' }
  expect(faultsOf(played([], { requests: [at, creates] }))).not.toContain('ConflictingWrite')
  expect(faultsOf(played([], { requests }))).toContain('ConflictingWrite')
})

const rebooted = (times: number): Effects => {
  const effects = new Effects('operator')
  const pod = { namespace: 'prunella-system', name: 'reboot', uid: 'u' }
  for (let count = 0; count < times; count += 1)
    effects.take({ kind: 'World', event: { kind: 'NodeCommandRan', machine: 'node-1', pod, outcome: 'Rebooted' } })
  return effects
}

test('right end, wrong way: one reboot more than without a fault is a failure', () => {
  const end = [story.outcome]
  expect(verdict(story, rebooted(1), played(end, { effects: rebooted(1) }))).toBe(undefined)
  expect(verdict(story, rebooted(1), played(end, { effects: rebooted(2) }))).toBe(
    'oracle: Reboot of node-1 2 times, 1 without a fault',
  )
  expect(verdict(story, rebooted(1), played(['TreatmentsExhausted']))).toBe('not healed: it ended TreatmentsExhausted')
})
