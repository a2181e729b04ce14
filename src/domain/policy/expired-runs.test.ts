import { expect, test } from 'vitest'
import { meta } from '../../api/kind.fixture.ts'
import { type NodeRemediation, runSpecSchema, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { instant, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { expiredRuns } from './expired-runs.ts'

const now = instant(1_800_000_000_000)

const finished = (name: string, agoMs: number, outcome = 'NodeRecovered'): NodeRemediation => ({
  metadata: meta(name),
  spec: undefined,
  status: runStatusSchema.parse({
    step: { name: 'Done', since: rfc3339(now), outcome },
    completionTime: rfc3339(later(now, -agoMs)),
  }),
  problem: undefined,
})

const namesOf = (runs: readonly NodeRemediation[]): readonly string[] => runs.map(({ metadata }) => metadata.name)

test('beyond their number the oldest go, and whatever is too old', () => {
  const runs = [finished('newest', 0), finished('oldest', minutes(30)), finished('middle', minutes(10))]
  expect(namesOf(expiredRuns(runs, { keep: 2, maxAgeSeconds: 86_400 }, now))).toEqual(['oldest'])
  expect(namesOf(expiredRuns(runs, { keep: 9, maxAgeSeconds: 300 }, now))).toEqual(['oldest', 'middle'])
})

test('the last question about a node that nobody has answered is kept beyond the number: or people are asked again too soon', () => {
  const asked = (name: string, nodeName: string, agoMs: number) => ({
    ...finished(name, agoMs, 'ApprovalExpired'),
    spec: runSpecSchema.parse({
      node: { name: nodeName, uid: nodeName },
      policyName: 'general',
      cause: { diagnosis: '', class: 'Fault', episode: '', when: '', message: '', detectedTime: rfc3339(now) },
      treatments: [{ name: 'power-cycle', powerCycle: {} }],
    }),
  })
  const runs = [
    finished('newest', 0),
    asked('a-2', 'a', minutes(1)),
    asked('a-1', 'a', minutes(2)),
    asked('b-1', 'b', minutes(3)),
  ]
  expect(namesOf(expiredRuns(runs, { keep: 1, maxAgeSeconds: 86_400 }, now))).toEqual(['a-1'])
  expect(namesOf(expiredRuns(runs, { keep: 1, maxAgeSeconds: 90 }, now))).toEqual(['b-1', 'a-1'])
})

test('an open run is never too old', () => {
  const open = {
    ...finished('open', minutes(99)),
    status: runStatusSchema.parse({ step: { name: 'Quarantined', since: rfc3339(now), cause: 'TreatmentsExhausted' } }),
  }
  expect(expiredRuns([open], { keep: 1, maxAgeSeconds: 3_600 }, now)).toEqual([])
})

test('a rehearsal that awaits its grade is kept beyond number and age, and no longer', () => {
  const spec = runSpecSchema.parse({
    node: { name: 'a', uid: 'a' },
    policyName: 'general',
    cause: { diagnosis: 'd', class: 'Fault', episode: '', when: '', message: '', detectedTime: rfc3339(now) },
    treatments: [{ name: 'power-cycle', powerCycle: {} }],
    dryRun: true,
  })
  const waiting = { ...finished('waiting', minutes(90), 'WouldHaveActed'), spec }
  const grade = { verdict: 'StillSick', time: rfc3339(now), message: '' } as const
  const graded = { ...waiting, metadata: meta('graded'), status: { ...waiting.status, grade } }
  const runs = [finished('newest', 0), waiting, graded]
  expect(namesOf(expiredRuns(runs, { keep: 1, maxAgeSeconds: 3_600 }, now))).toEqual(['graded'])
})
