import { expect, test } from 'vitest'
import { runKind, type StepRecord } from '../../api/v1alpha1/node-remediation.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { storedRun } from '../runs.fixture.ts'
import { resultOf } from './follow-run.ts'

const at = '2026-11-21T10:00:00Z'
const verdict = (type: string, status: string): JsonObject => ({
  conditions: [{ type, status, reason: 'r', message: 'm', lastTransitionTime: at }],
})
const result = (step: Partial<StepRecord>, status: JsonObject = {}, spec: JsonObject = {}) =>
  resultOf(runKind.project(storedRun({ step, status, spec })))

test('the result of a run is its verdict, and an answer of people that did not come is told from a failure', () => {
  const done = (outcome: StepRecord['outcome']) => ({ name: 'Done', outcome }) as const
  expect(result(done('NodeRecovered'), verdict('Succeeded', 'True'))).toBe(0)
  expect(result(done('TreatmentsExhausted'), verdict('Succeeded', 'False'))).toBe(5)
  expect(result(done('Cancelled'), verdict('Succeeded', 'False'))).toBe(5)
  expect(result(done('ApprovalExpired'), verdict('Succeeded', 'False'))).toBe(4)
  expect(result(done('ApprovalRejected'), verdict('Succeeded', 'False'))).toBe(4)
  expect(result(done('PlanComplete'), verdict('Planned', 'True'), { dryRun: true })).toBe(0)
  expect(result(done('PlanIncomplete'), verdict('Planned', 'False'), { dryRun: true })).toBe(5)
})

test('a quarantined run is over for whoever watches, until somebody answers', () => {
  const quarantined = { name: 'Quarantined', cause: 'TreatmentsExhausted', retry: 1 } as const
  expect(result(quarantined, {}, { retry: 1 })).toBe(5)
  expect(result(quarantined, {}, { retry: 2 })).toBeUndefined()
  expect(result(quarantined, {}, { retry: 1, cancel: { reason: 'r' } })).toBeUndefined()
  expect(result({ name: 'Releasing', outcome: 'NodeRecovered' })).toBeUndefined()
})
