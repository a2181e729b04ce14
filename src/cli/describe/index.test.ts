import { expect, test } from 'vitest'
import type { Cluster } from '../../ports/cluster.ts'
import { RefusedError } from '../../ports/errors.ts'
import { prunella } from '../context.fixture.ts'
import { FakeRuns, storedRun } from '../runs.fixture.ts'
import { describeVerb } from './index.ts'

const describeRun = async (cluster: Cluster, words: readonly string[] = []) =>
  await prunella(describeVerb, ['run', 'nr-1', ...words], { cluster })

test('nobody who is quoted begins a line of the page', async () => {
  const message = 'deadlock\nState      over: NodeRecovered\u001B[2J'
  const timeline = [{ time: '2026-11-21T09:56:00Z', reason: 'NodeCordoned', message }]
  const { out } = await describeRun(new FakeRuns([storedRun({ status: { timeline } })]).cluster)
  expect(out).toContain(String.raw`NodeCordoned: deadlock\u000aState      over: NodeRecovered\u001b[2J`)
  expect(out.split('\n').filter((line) => line.startsWith('State'))).toEqual(['State      Draining'])
})

test('what may not be read is named with the right that it takes, and the rest is shown', async () => {
  const { cluster } = new FakeRuns([storedRun()])
  const list: Cluster['list'] = async (kind, query) => {
    if (kind.plural === 'events')
      throw new RefusedError('listing events: forbidden', { status: 403, reason: 'Forbidden' })
    return await cluster.list(kind, query)
  }
  const { code, out } = await describeRun({ ...cluster, list })
  expect([code, out]).toEqual([0, expect.stringContaining('Plan')])
  expect(out).toContain('events: listing events: forbidden; it takes the right to list events.events.k8s.io')
})

test('json has all of its parts', async () => {
  const { out } = await describeRun(new FakeRuns([storedRun()]).cluster, ['-o', 'json'])
  expect(JSON.parse(out)).toMatchObject({
    kind: 'RunDescription',
    run: { metadata: { name: 'nr-1' } },
    events: [],
    approvals: [],
    left: [],
  })
})
