import { expect, test } from 'vitest'
import { hours } from '../../kernel/time.ts'
import { drawPlan } from './draw-plan.ts'
import { chanceNames, incidentKinds } from './fault.ts'
import { storyNames } from './story-kind.ts'

const plans = Array.from({ length: 300 }, (_, index) => drawPlan(index + 1, ['somebody']))

test('one seed is one plan, as plain JSON', () => {
  expect(drawPlan(7, ['somebody'])).toEqual(plans[6])
  expect(JSON.parse(JSON.stringify(plans[6]))).toEqual(plans[6])
})

test('an actor more shifts nothing else', () => {
  const { actors: _, ...rest } = drawPlan(11, ['somebody', 'somebody else'])
  const { actors: __, ...before } = drawPlan(11, ['somebody'])
  expect(rest).toEqual(before)
})

test('every fault, story and actor is in some plan and out of another, and no plan is without any', () => {
  for (const name of chanceNames) {
    const weights = plans.map(({ faults }) => faults[name])
    expect(weights).toContain(undefined)
    expect(weights.some((weight) => weight !== undefined && weight >= 1 && weight <= 100)).toBe(true)
  }
  for (const kind of incidentKinds) {
    expect(plans.some(({ incidents }) => incidents.some((incident) => incident.kind === kind))).toBe(true)
    expect(plans.some(({ incidents }) => incidents.every((incident) => incident.kind !== kind))).toBe(true)
  }
  for (const kind of storyNames) expect(plans.some(({ stories }) => stories.some((s) => s.kind === kind))).toBe(true)
  expect(new Set(plans.map(({ actors }) => Object.keys(actors).length))).toEqual(new Set([0, 1]))
  expect(new Set(plans.map(({ replicas }) => replicas.length))).toEqual(new Set([1, 2, 3]))
})

test('what lasts for ever never befalls the core', () => {
  const lasting = plans.flatMap(({ incidents, core }) =>
    incidents.filter(({ forMs }) => forMs >= hours(24)).map(({ replica }) => replica !== core),
  )
  expect(lasting.length).toBeGreaterThan(10)
  expect(lasting).not.toContain(false)
})
