import { expect, test } from 'vitest'
import { ledgerKind } from '../../api/v1alpha1/disruption-ledger.ts'
import { guardKind } from '../../api/v1alpha1/remediation-guard.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Cluster, Patch } from '../../ports/cluster.ts'
import { prunella as run } from '../context.fixture.ts'
import { breakerVerb } from './index.ts'

const trip = {
  scope: '',
  state: 'Open',
  tripID: 'trip-1',
  tripTime: '1970-01-01T00:00:00Z',
  input: 'MaxUnhealthy',
  message: '5 of 10 nodes',
  figure: 5,
}

/** What the verb says, and what it has written. */
async function prunella(
  words: readonly string[],
  breakers: readonly JsonObject[] = [trip],
  guardSpec: JsonObject = {},
) {
  const stored: Readonly<Record<string, unknown>> = {
    remediationguards: guardKind.project({
      metadata: { name: 'cluster', uid: 'g', resourceVersion: '7' },
      spec: guardSpec,
    }),
    disruptionledgers: ledgerKind.project({ metadata: { name: 'cluster', uid: 'l' }, spec: { breakers } }),
  }
  const written: Extract<Patch, { type: 'Merge' }>[] = []
  const cluster = {
    get: async (kind: { readonly plural: string }) => stored[kind.plural],
    patch: async (kind: { readonly plural: string }, _: unknown, patch: Patch) => {
      if (kind.plural === 'remediationguards' && patch.type === 'Merge') written.push(patch)
    },
  } as unknown as Cluster
  const { code, out, err } = await run(breakerVerb, words, { cluster })
  return { code, said: [out, err].filter((text) => text !== '').join('\n'), written }
}

test('status shows trips with scope, input and figures', async () => {
  expect((await prunella(['status'], [])).said).toBe('Every breaker is closed.')
  expect((await prunella(['status'])).said).toMatch(/trip-1 +the cluster +Open .*MaxUnhealthy +5 of 10 nodes/)
  expect((await prunella(['status'], [trip], { acknowledgedTrips: ['trip-1'] })).said).toContain('Acknowledged')
})

test('reset acknowledges that trip only, with the version that was read, and says who and why', async () => {
  const { code, said, written } = await prunella(['reset', 'trip-1', '--reason', 'switch replaced'], [trip], {
    acknowledgedTrips: ['older'],
  })
  expect([code, said]).toEqual([0, 'breaker of the cluster, trip trip-1 reset'])
  expect(written).toMatchObject([{ resourceVersion: '7', body: { spec: { acknowledgedTrips: ['older', 'trip-1'] } } }])
  expect(JSON.stringify(written)).toMatch(/trip-1 by alice at [^ ]+: switch replaced/)
})

test('what is not open, or reset already, or only tried, writes nothing', async () => {
  const wrong = await prunella(['reset', 'trip-2', '--reason', 'r'])
  expect([wrong.code, wrong.written]).toEqual([2, []])
  const again = await prunella(['reset', 'trip-1', '--reason', 'r'], [trip], { acknowledgedTrips: ['trip-1'] })
  expect([again.code, again.written]).toEqual([0, []])
  const tried = await prunella(['reset', 'trip-1', '--reason', 'r', '--dry-run'])
  expect([tried.code, tried.written]).toEqual([0, []])
  expect((await prunella(['reset', 'trip-1'])).code).toBe(2)
})

test('the list of trips that people have reset never grows beyond what the guard may hold', async () => {
  const acknowledgedTrips = Array.from({ length: 32 }, (_, index) => `old-${index}`)
  const { written } = await prunella(['reset', 'trip-1', '--reason', 'r'], [trip], { acknowledgedTrips })
  expect(guardKind.project({ spec: written[0]?.body['spec'] ?? {} }).spec?.acknowledgedTrips).toHaveLength(32)
})
