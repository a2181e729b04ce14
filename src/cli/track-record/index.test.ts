import { expect, test } from 'vitest'
import { policyKind } from '../../api/v1alpha1/node-remediation-policy.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { prunella } from '../context.fixture.ts'
import { trackRecordVerb } from './index.ts'

const nothing = { rehearsed: 0, right: 0, early: 0, needless: 0, unknown: 0, pending: 0, acted: 0, helped: 0 }
const record = (diagnosis: string, counts: JsonObject): JsonObject => ({ diagnosis, ...nothing, ...counts })

async function trackRecord(words: readonly string[], records: readonly JsonObject[]) {
  const policy = policyKind.project({ metadata: { name: 'general' }, status: { trackRecord: records } })
  const cluster = { get: async () => undefined, list: async () => [policy] } as unknown as Cluster
  const { code, out, err } = await prunella(trackRecordVerb, words, { cluster })
  return { code, out: out.split('\n'), err: err.split('\n') }
}

const records = [
  record('kernel-hang', { rehearsed: 12, right: 10, early: 1, pending: 1 }),
  record('not-ready', { rehearsed: 6, right: 1, early: 5 }),
  record('pressure', { rehearsed: 5, right: 1, early: 1, needless: 3 }),
  record('rare', { rehearsed: 1, pending: 1 }),
]

test('one row for each diagnosis, and in plain words what to change', async () => {
  const { out, code } = await trackRecord([], records)
  expect(code).toBe(0)
  expect(out.slice(0, 3)).toEqual([
    'DIAGNOSIS     POLICY    REHEARSED   RIGHT   EARLY   NEEDLESS   PENDING',
    'kernel-hang   general   12          10      1       0          1',
    'not-ready     general   6           1       5       0          0',
  ])
  expect(out.slice(-4)).toEqual([
    'kernel-hang: acting would have been right 10 of 11 times',
    'not-ready: a longer holdSeconds would have waited for 5 of 6',
    'pressure: 3 of 5 came back alone, late: make `when` narrower, or ask people (Approve)',
    'rare: too few grades to tell: 0, wait for 3',
  ])
})

test('wide shows what runs came to', async () => {
  const { out } = await trackRecord(['-o', 'wide'], [record('kernel-hang', { acted: 4, helped: 3 })])
  expect(out[0]).toMatch(/UNKNOWN {3}ACTED {3}HELPED$/)
  expect(out.at(-1)).toBe('kernel-hang: its treatments helped 3 of 4 times')
})

test('json is for scripts, and an empty record is said so', async () => {
  const { out } = await trackRecord(['-o', 'json'], records.slice(0, 1))
  expect(JSON.parse(out.join('\n'))).toMatchObject({
    kind: 'TrackRecordList',
    items: [{ policy: 'general', diagnosis: 'kernel-hang', right: 10 }],
  })
  expect((await trackRecord([], [])).err.at(-1)).toContain('Nothing has been rehearsed')
})

test('a policy that does not exist is an error', async () => {
  const { code, err } = await trackRecord(['other'], records)
  expect([code, err.at(-1)]).toEqual([1, 'error: there is no policy other'])
})
