import { expect, test } from 'vitest'
import { meta } from '../../api/kind.fixture.ts'
import { pauseKind } from '../../api/v1alpha1/remediation-pause.ts'
import { hours, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { decide } from './decide.ts'
import { diagnosed, gradeView, realRun, rehearsal } from './grade.fixture.ts'
import { type GradeView, gradeOf } from './grade.ts'
import { condition, now, observation, run, runSpec, sickNode } from './observation.fixture.ts'

const [soon, dayAfter] = [later(now, minutes(5)), later(now, hours(24))]
const well = { node: sickNode({ conditions: [condition('Ready', 'True'), condition('KernelDeadlock', 'False')] }) }
const unseen = { node: sickNode({ conditions: [condition('Ready', 'True')] }) }

const verdictOf = (view: GradeView): string => {
  const answer = gradeOf(view)
  return answer.kind === 'Graded' ? answer.grade.verdict : answer.kind
}

test('a node that stays sick is followed for a day, and then it is StillSick', () => {
  expect(verdictOf(gradeView(soon))).toBe('Pending')
  expect(verdictOf(gradeView(later(dayAfter, -1)))).toBe('Pending')
  expect(verdictOf(gradeView(dayAfter))).toBe('StillSick')
})

test('a clock that is set forward ends no day', () => {
  expect(verdictOf(gradeView(dayAfter, { nowAtLeast: soon }))).toBe('Pending')
})

test('another boot ID is the work of people, at once', () => {
  expect(verdictOf(gradeView(soon, { node: sickNode({ bootID: 'boot-2' }) }))).toBe('RebootedByHand')
  expect(verdictOf(gradeView(soon, { node: sickNode({ bootID: '' }) }))).toBe('Pending')
})

test('a node that is gone or another one was replaced', () => {
  expect(verdictOf(gradeView(soon, { node: undefined }))).toBe('Replaced')
  expect(verdictOf(gradeView(soon, { node: sickNode({ metadata: meta('node-1', { uid: 'other' }) }) }))).toBe(
    'Replaced',
  )
})

test('a recovery counts when it has lasted for two minutes, and bears the moment at which it began', () => {
  const healthy = { ...well, health: undefined }
  expect(gradeOf(gradeView(soon, healthy))).toMatchObject({ kind: 'Pending', isWell: true })
  const begun = { ...healthy, wellSince: soon }
  expect(verdictOf(gradeView(later(soon, minutes(2) - 1), begun))).toBe('Pending')
  const answer = gradeOf(gradeView(later(soon, minutes(2)), begun))
  expect(answer).toMatchObject({ grade: { verdict: 'RecoveredAlone', time: rfc3339(soon) } })
})

test('a machine that is switched off is not well because its kernel is silent', () => {
  const off = sickNode({ conditions: [condition('Ready', 'Unknown'), condition('KernelDeadlock', 'False')] })
  expect(gradeOf(gradeView(soon, { node: off, health: undefined }))).toMatchObject({ isWell: false })
})

test('silence is neither sickness nor health: after a day it is Unknown', () => {
  expect(gradeOf(gradeView(soon, { ...unseen, health: undefined }))).toMatchObject({ isWell: false })
  expect(verdictOf(gradeView(dayAfter, { ...unseen, health: undefined }))).toBe('Unknown')
})

test('another bout of the same diagnosis shows that the first one went by itself; another diagnosis does not', () => {
  expect(verdictOf(gradeView(soon, { health: diagnosed('kernel-hang', 'e2') }))).toBe('RecoveredAlone')
  expect(verdictOf(gradeView(soon, { ...well, health: diagnosed('not-ready', 'e2') }))).toBe('Pending')
})

test('a run of ours on the node, a pause and a policy that is gone end the follow-up', () => {
  expect(verdictOf(gradeView(soon, { runs: [realRun(later(now, 1))] }))).toBe('Unknown')
  expect(verdictOf(gradeView(soon, { runs: [realRun(later(now, -1))] }))).toBe('Pending')
  expect(verdictOf(gradeView(soon, { hasPolicy: false }))).toBe('Unknown')
  const pause = pauseKind.project({
    metadata: { name: 'stop' },
    spec: { scope: { policyName: 'general' }, reason: 'change freeze' },
  })
  const answer = gradeOf(gradeView(soon, { pauses: [pause] }))
  expect(answer).toMatchObject({ grade: { verdict: 'Unknown', message: expect.stringContaining('change freeze') } })
})

test('a process that stood still believes no recovery', () => {
  const healthy = { ...well, health: undefined, wellSince: now }
  expect(gradeOf(gradeView(soon, { ...healthy, isDisturbed: true }))).toMatchObject({ kind: 'Pending', isWell: false })
})

test('a rehearsal remembers the boot that it judged, and the grade is not asked of a plan', () => {
  const decision = decide(observation({ run: run({ spec: runSpec({ dryRun: true }) }) }))
  expect(decision).toMatchObject({ kind: 'Move', next: { outcome: 'WouldHaveActed', bootID: 'boot-1' } })
})

test('what is stored of a run that cannot be dated is not followed for ever', () => {
  expect(verdictOf(gradeView(soon, { run: rehearsal({ completionTime: undefined }) }))).toBe('Unknown')
})
