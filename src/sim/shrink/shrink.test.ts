import { expect, test } from 'vitest'
import { drawPlan } from '../plan/draw-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { Report } from '../simulation/simulate.ts'
import { failureOf, shrink } from './shrink.ts'

const reportOf = (plan: Plan, message: string | undefined): Report => ({
  plan,
  failure: message === undefined ? undefined : { kind: 'Unsafe', message },
  traceHash: '',
  trace: [],
  outcomes: [],
  faults: new Map(),
  occasions: new Map(),
  lastedMs: 0,
})

const drawn: Plan = {
  ...drawPlan(7, ['CordonsByHand', 'HostileNode']),
  faults: { RequestLost: 10, WatchSilent: 80, Throttled: 5 },
  actors: { CordonsByHand: 50, HostileNode: 3 },
}

test('what the failure does not need is cut away, and nothing else', async () => {
  const needs = ({ faults, actors, cluster }: Plan): boolean =>
    faults.WatchSilent !== undefined && actors['CordonsByHand'] !== undefined && cluster.nodes >= 3
  const play = async (plan: Plan): Promise<Report> =>
    reportOf(plan, needs(plan) ? 'I13: it was the 2. request' : undefined)
  const smallest = await shrink(drawn, { play, playsMax: 500 })
  expect(smallest?.plan).toMatchObject({
    faults: { WatchSilent: 80 },
    actors: { CordonsByHand: 50 },
    incidents: [],
    stories: [],
    cluster: { nodes: 3, rented: 0, zones: 1 },
  })
  expect(Object.keys(smallest?.plan.faults ?? {})).toEqual(['WatchSilent'])
  expect(smallest?.plan.replicas).toHaveLength(1)
})

test('another failure on the way is not taken for this one', async () => {
  const play = async (plan: Plan): Promise<Report> =>
    reportOf(plan, Object.keys(plan.faults).length === 3 ? 'I1: two at once' : 'I2: too fast')
  const smallest = await shrink(drawn, { play, playsMax: 500 })
  expect(Object.keys(smallest?.plan.faults ?? {})).toHaveLength(3)
})

test('a plan that does not fail has nothing to be shrunk to', async () => {
  expect(await shrink(drawn, { play: async (plan) => reportOf(plan, undefined), playsMax: 5 })).toBe(undefined)
})

test('a crash is told by its words, not by its numbers', () => {
  const crash = (message: string) => failureOf({ failure: { kind: 'Crash', message } })
  expect(crash('operator-1.2: defect in nr-abc')).toBe(crash('operator-3.1: defect in nr-xyz'))
  expect(crash('operator-1.2: defect in nr-abc')).not.toBe(crash('operator-1.2: broken in nr-abc'))
})
