import { expect, test } from 'vitest'
import type { JsonObject } from '../kernel/json.ts'
import { RefusedError } from '../ports/errors.ts'
import { cancelVerb } from './cancel/index.ts'
import { prunella } from './context.fixture.ts'
import type { Verb } from './context.ts'
import { releaseVerb } from './release/index.ts'
import { retryVerb } from './retry/index.ts'
import { FakeRuns, storedRun } from './runs.fixture.ts'

const quarantined = storedRun({ step: { name: 'Quarantined', cause: 'TreatmentsExhausted' } })
const done = storedRun({ step: { name: 'Done', outcome: 'Cancelled' } })

interface Unusual {
  readonly run?: JsonObject
  readonly rivals?: number
}

async function said(verb: Verb, words: readonly string[], { run = quarantined, rivals = 0 }: Unusual = {}) {
  const fake = new FakeRuns([run])
  fake.rivals = rivals
  const { code, out, err } = await prunella(verb, words, { cluster: fake.cluster })
  return { code, out, err, spec: fake.run('nr-1')?.spec }
}

test('cancel writes who reads the run why, and says what follows and how to watch it', async () => {
  const { code, out, spec } = await said(cancelVerb, ['nr-1', '--reason', 'switch replaced'])
  expect(spec?.cancel).toEqual({ reason: 'switch replaced', keepCordoned: false })
  expect([code, out.split('\n')]).toEqual([
    0,
    [
      'noderemediation.prunella.dev/nr-1 cancel requested',
      'Node ip-1 is given back: cordon, marks and slot of the run go, and nothing else.',
      'The cooldown of the policy begins; a sick node may be treated again after it.',
      'Watch it: prunella watch nr-1',
    ],
  ])
})

test('release takes the name of the node, and may leave the cordon', async () => {
  const { out, spec } = await said(releaseVerb, ['ip-1', '--reason', 'r', '--keep-cordoned'])
  expect(spec?.cancel).toEqual({ reason: 'r', keepCordoned: true })
  expect(out).toContain('kubectl uncordon ip-1')
})

test('retry counts up', async () => {
  expect(await said(retryVerb, ['nr-1'])).toMatchObject({ code: 0, spec: { retry: 1 } })
})

test('whoever wrote first is read, and the wish is judged anew', async () => {
  expect(await said(retryVerb, ['nr-1'], { rivals: 2 })).toMatchObject({ code: 0, spec: { retry: 1 } })
  const { code, err } = await said(retryVerb, ['nr-1'], { rivals: 99 })
  expect([code, err]).toEqual([1, expect.stringContaining('somebody wrote first')])
})

test('a dry run writes nothing', async () => {
  for (const [verb, words] of [
    [cancelVerb, ['--reason', 'r']],
    [releaseVerb, ['--reason', 'r']],
    [retryVerb, []],
  ] as const) {
    const { code, out, spec } = await said(verb, ['nr-1', '--dry-run', ...words])
    expect([code, out, spec?.cancel, spec?.retry]).toEqual([0, expect.stringContaining('(dry run'), undefined, 0])
  }
})

test.each([
  [cancelVerb, ['--reason', 'r'], 'there is nothing to cancel'],
  [releaseVerb, ['--reason', 'r'], 'holds nothing of node ip-1'],
  [retryVerb, [], 'ask for a new run'],
] as const)('a run that is over is refused', async (verb, words, sentence) => {
  const { code, err, out } = await said(verb, ['nr-1', ...words], { run: done })
  expect([code, out, err]).toEqual([1, '', expect.stringContaining(sentence)])
})

test('no reason, no wish', async () => {
  expect(await said(cancelVerb, ['nr-1'])).toMatchObject({ code: 2, spec: { retry: 0 } })
})

test('whoever may not write is told which right it takes, and who has it', async () => {
  const { cluster } = new FakeRuns([quarantined])
  const patch = async (): Promise<never> => {
    throw new RefusedError('patching noderemediations nr-1: forbidden', { status: 403, reason: 'Forbidden' })
  }
  const { code, err } = await prunella(retryVerb, ['nr-1'], { cluster: { ...cluster, patch } })
  expect([code, err.split('\n').at(-1)]).toEqual([
    6,
    'error: patching noderemediations nr-1: forbidden; it takes the right to patch noderemediations.prunella.dev, ' +
      'which ClusterRole prunella-oncall grants',
  ])
})
