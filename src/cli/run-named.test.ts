import { expect, test } from 'vitest'
import type { JsonObject } from '../kernel/json.ts'
import { NotFoundError } from '../ports/errors.ts'
import { runNamed, type WhichRun } from './run-named.ts'
import { FakeRuns, storedRun } from './runs.fixture.ts'
import { UsageError } from './usage-error.ts'

const done = storedRun({
  name: 'nr-old',
  step: { name: 'Done', outcome: 'NodeRecovered' },
  created: '2026-11-20T09:00:00Z',
})
const found = async (word: string, runs: readonly JsonObject[] = [storedRun(), done], which: WhichRun = 'Open') =>
  (await runNamed(new FakeRuns(runs).cluster, word, which)).metadata.name

test.each(['nr-1', 'run/nr-1', 'noderemediation.prunella.dev/nr-1', 'node/ip-1', 'ip-1'])('%s', async (word) => {
  expect(await found(word)).toBe('nr-1')
})

test('a run that is over is found by its name, and by its node where nothing is to be done to it', async () => {
  expect(await found('nr-old')).toBe('nr-old')
  expect(await found('ip-1', [done], 'OpenOrNewest')).toBe('nr-old')
  await expect(found('ip-1', [done])).rejects.toThrow(
    'node ip-1 has no open run; its last, nr-old, ended as NodeRecovered: prunella describe run nr-old',
  )
})

test('a dry run is no run of its node', async () => {
  const rehearsal = storedRun({ name: 'nr-dry', spec: { dryRun: true } })
  await expect(found('ip-1', [rehearsal])).rejects.toThrow('node ip-1 has no run')
  expect(await found('nr-dry', [rehearsal])).toBe('nr-dry')
})

test('what may mean two things is asked back', async () => {
  const twins = [storedRun(), storedRun({ name: 'nr-2', step: { name: 'Claiming' } })]
  await expect(found('ip-1', twins)).rejects.toThrow(
    new UsageError('node ip-1 has several open runs: say which of nr-1 (Draining), nr-2 (Claiming)'),
  )
  const namesake = [storedRun({ name: 'ip-1' })]
  await expect(found('ip-1', namesake)).rejects.toThrow(UsageError)
  expect(await found('run/ip-1', namesake)).toBe('ip-1')
})

test('what there is not comes with what was meant', async () => {
  await expect(found('ip-3')).rejects.toThrow(
    new NotFoundError('there is neither a run nor a node ip-3; did you mean ip-1?'),
  )
  await expect(found('run/nr-0')).rejects.toThrow('there is no run nr-0; did you mean nr-1?')
  await expect(found('node/worker')).rejects.toThrow('there is no node worker; there are ip-1, ip-2')
})
