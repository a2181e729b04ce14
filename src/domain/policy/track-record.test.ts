import { expect, test } from 'vitest'
import { meta } from '../../api/kind.fixture.ts'
import { type NodeRemediation, runSpecSchema, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { instant, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { trackRecordOf } from './track-record.ts'

const now = instant(1_800_000_000_000)

interface Parts {
  readonly diagnosis?: string
  readonly holdSeconds?: number
  readonly dryRun?: boolean
  readonly outcome?: string
  readonly step?: string
  readonly verdict?: string
  readonly afterMinutes?: number
  readonly started?: boolean
}

const runOf = (parts: Parts): NodeRemediation => {
  const { diagnosis = 'kernel-hang', holdSeconds = 0, dryRun = true, outcome = 'WouldHaveActed', step = 'Done' } = parts
  const { verdict, afterMinutes = 0, started = !dryRun } = parts
  const signal = { name: 'x', holdSeconds, nodeCondition: { type: 'X', status: 'True' } }
  const at = rfc3339(later(now, minutes(afterMinutes)))
  return {
    metadata: meta('nr'),
    spec: runSpecSchema.parse({
      node: { name: 'n', uid: 'n' },
      policyName: 'general',
      cause: { diagnosis, class: 'Fault', episode: 'e', when: 'x', signals: [signal], message: '', detectedTime: at },
      treatments: [{ name: 'power-cycle', powerCycle: {} }],
      dryRun,
    }),
    status: runStatusSchema.parse({
      step: { name: step, since: rfc3339(now), ...(step === 'Done' ? { outcome } : {}) },
      completionTime: rfc3339(now),
      ...(started ? { startTime: rfc3339(now) } : {}),
      ...(verdict === undefined ? {} : { grade: { verdict, time: at, message: '' } }),
    }),
    problem: undefined,
  }
}

const recordOf = (...parts: readonly Parts[]) => trackRecordOf(parts.map(runOf))[0]

test('whoever needed somebody was rightly diagnosed', () => {
  const graded = ['StillSick', 'RebootedByHand', 'Replaced', 'Unknown'].map((verdict) => ({ verdict }))
  const record = recordOf(...graded, {})
  expect(record).toMatchObject({ rehearsed: 5, right: 3, unknown: 1, pending: 1, early: 0, needless: 0 })
})

test('a recovery within ten minutes was too early to act, a later one needless', () => {
  expect(recordOf({ verdict: 'RecoveredAlone', afterMinutes: 10 })).toMatchObject({ early: 1, needless: 0 })
  expect(recordOf({ verdict: 'RecoveredAlone', afterMinutes: 11 })).toMatchObject({ early: 0, needless: 1 })
})

test('a hold that is longer than that counts instead', () => {
  expect(recordOf({ verdict: 'RecoveredAlone', afterMinutes: 15, holdSeconds: 900 })).toMatchObject({ early: 1 })
})

test('runs that took a slot and are over have acted, and helped where that was seen', () => {
  const real = { dryRun: false }
  const runs = [
    { ...real, outcome: 'NodeRecovered' },
    { ...real, step: 'Quarantined' },
    { ...real, step: 'Draining' },
    { ...real, outcome: 'RecoveredAlone', started: false },
  ]
  expect(recordOf(...runs)).toMatchObject({ acted: 2, helped: 1, rehearsed: 0 })
})

test('plans that people asked for count for nothing, and diagnoses come in the order of their names', () => {
  expect(trackRecordOf([runOf({ outcome: 'PlanComplete' })])).toEqual([])
  const names = trackRecordOf([runOf({ diagnosis: 'b' }), runOf({ diagnosis: 'a' })]).map(({ diagnosis }) => diagnosis)
  expect(names).toEqual(['a', 'b'])
})
