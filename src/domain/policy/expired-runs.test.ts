import { expect, test } from 'vitest'
import { meta } from '../../api/kind.fixture.ts'
import { type NodeRemediation, runStatusSchema } from '../../api/v1alpha1/node-remediation.ts'
import { instant, later, minutes, rfc3339 } from '../../kernel/time.ts'
import { expiredRuns } from './expired-runs.ts'

const now = instant(1_800_000_000_000)

const finished = (name: string, agoMs: number): NodeRemediation => ({
  metadata: meta(name),
  spec: undefined,
  status: runStatusSchema.parse({
    step: { name: 'Done', since: rfc3339(now), outcome: 'NodeRecovered' },
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

test('an open run is never too old', () => {
  const open = {
    ...finished('open', minutes(99)),
    status: runStatusSchema.parse({ step: { name: 'Quarantined', since: rfc3339(now), cause: 'TreatmentsExhausted' } }),
  }
  expect(expiredRuns([open], { keep: 1, maxAgeSeconds: 3_600 }, now)).toEqual([])
})
