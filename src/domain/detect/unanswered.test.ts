import { expect, test } from 'vitest'
import type { NodeRemediation } from '../../api/v1alpha1/node-remediation.ts'
import type { Confidence } from '../../api/v1alpha1/schema.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { hours, minutes, rfc3339 } from '../../kernel/time.ts'
import { policySpec } from '../policy/prepared-policy.fixture.ts'
import { after } from './evidence.fixture.ts'
import { runOf } from './observation.fixture.ts'
import { restsUnanswered } from './unanswered.ts'

const outcomeOf = (outcome: string, endedAt: number, { spec = {}, cause = {} } = {}): NodeRemediation =>
  runOf('Done', spec, { cause, completed: endedAt / 1_000, outcome })
const unanswered = (endedAt: number, more = {}) => outcomeOf('ApprovalExpired', endedAt, more)

const rest = (at: number, runs: readonly NodeRemediation[], spec: JsonObject = { mode: 'Approve' }) =>
  restOf('High', { at, runs, spec })

function restOf(
  confidence: Confidence,
  { at, runs, spec }: { at: number; runs: readonly NodeRemediation[]; spec: JsonObject },
) {
  const policy = { name: 'general-nodes', spec: policySpec({ limits: { cooldownSeconds: 3_600 }, ...spec }) }
  return restsUnanswered({ policy, treatment: policy.spec.treatments[0], confidence, runs, now: after(at / 1_000) })
}

test('who has not answered is asked again after the cool-down, and told when', () => {
  expect(rest(minutes(59), [unanswered(0)])).toEqual({
    gate: 'CooldownOver',
    result: 'Hold',
    reason: 'ApprovalExpired',
    message: `nr-1 ended unanswered at ${rfc3339(after(0))}; people are asked again at ${rfc3339(after(3_600))}`,
    numbers: { questions: 1, pauseSeconds: 3_600 },
    unblockedBy: 'time, or mode Automatic and a rung without approval',
  })
  expect(rest(minutes(60), [unanswered(0)])).toBeUndefined()
})

test('the pause doubles with every question in a row, up to a day', () => {
  const row = [0, 2, 5, 10, 19, 36, 61].map((at) => unanswered(hours(at)))
  const pauses = row.map((run, index) =>
    rest(Date.parse(run.status.completionTime ?? '') - after(0), row.slice(0, index + 1)),
  )
  expect(pauses.map((answer) => (answer?.numbers?.['pauseSeconds'] ?? 0) / 3_600)).toEqual([1, 2, 4, 8, 16, 24, 24])
})

test('a policy without a cool-down rests for as long as it has asked', () => {
  const spec = { mode: 'Approve', limits: { cooldownSeconds: 0 }, approval: { timeoutSeconds: 600 } }
  expect(rest(minutes(9), [unanswered(0)], spec)).toMatchObject({ numbers: { pauseSeconds: 600 } })
})

test('trouble that went and came back is asked about anew, and so is what people did say yes to', () => {
  const back = unanswered(hours(2), { cause: { detectedTime: rfc3339(after(5_400)) } })
  expect(rest(hours(2), [unanswered(0), back])).toMatchObject({ numbers: { questions: 1 } })
  const failed = outcomeOf('TreatmentsExhausted', hours(1))
  expect(rest(hours(2), [unanswered(0), failed, unanswered(hours(2))])).toMatchObject({ numbers: { questions: 1 } })
  expect(rest(hours(1), [unanswered(0), failed])).toBeUndefined()
})

test('a no is an answer that rests as well', () => {
  expect(rest(0, [outcomeOf('ApprovalRejected', 0)])).toMatchObject({
    reason: 'ApprovalRejected',
    message: expect.stringContaining('nr-1 was answered with no'),
  })
})

test('who is asked about a diagnosis of low confidence rests as well, in mode Automatic too', () => {
  const asked = { at: 0, runs: [unanswered(0)], spec: { mode: 'Automatic' } }
  expect(restOf('Low', asked)).toMatchObject({ reason: 'ApprovalExpired' })
  expect(restOf('Medium', asked)).toBeUndefined()
})

test.each([
  ['mode Automatic asks nobody', { mode: 'Automatic' }, {}],
  ['mode Observe asks nobody', { mode: 'Observe' }, {}],
  ['what a person asked for is theirs', { mode: 'Approve' }, { requestedBy: 'alice' }],
  ['another policy asks for itself', { mode: 'Approve' }, { policyName: 'other' }],
])('%s', (_, spec, runSpec) => {
  expect(rest(0, [unanswered(0, { spec: runSpec })], spec)).toBeUndefined()
})

test('a rung that asks for people rests in mode Automatic too', () => {
  const treatments = [{ name: 'power-cycle', powerCycle: {}, approval: { required: 1 } }]
  expect(rest(0, [unanswered(0)], { mode: 'Automatic', treatments })).toMatchObject({ reason: 'ApprovalExpired' })
})
