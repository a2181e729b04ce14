import { expect, test } from 'vitest'
import { prunella } from '../context.fixture.ts'
import { replayVerb } from './index.ts'

const at = '1970-01-01T00:00:00Z'
const look = {
  time: at,
  mono: 0,
  process: 'p',
  controller: 'triage',
  key: 'node-1',
  observation: { health: { metadata: { name: 'node-1' }, status: {} }, runs: [] },
  decision: { kind: 'Nothing', because: 'there is no diagnosis to act on' },
}
const episode = {
  apiVersion: 'prunella.dev/episode/v1',
  kind: 'Episode',
  exportTime: at,
  versions: { prunella: '0.1.0' },
  namesRedacted: false,
  run: { metadata: { name: 'nr-1' }, spec: { policyName: 'general' } },
  policy: null,
  nodeHealth: null,
  entries: [look],
  leftOut: 0,
}

const replayed = async (file: unknown, words: readonly string[] = [], others: Readonly<Record<string, string>> = {}) =>
  await prunella(replayVerb, ['run.json', ...words], {
    files: { 'run.json': typeof file === 'string' ? file : JSON.stringify(file), ...others },
  })

test('no difference: said so, and exit code 0', async () => {
  const { code, out } = await replayed(episode)
  expect([code, out]).toEqual([
    0,
    'Run nr-1, recorded with prunella v0.1.0: 1 of 1 looks decided again\nNo difference.',
  ])
})

test('a difference: what was decided, what would be now, and an exit code of its own', async () => {
  const changed = { ...episode, entries: [{ ...look, decision: { kind: 'Start' } }] }
  const { code, out } = await replayed(changed)
  expect(code).toBe(8)
  expect(out.split('\n').slice(1)).toEqual([
    '',
    '1970-01-01T00:00:00Z  triage node-1',
    '  was  decision.kind: "Start"',
    '  now  decision.kind: "Nothing"',
    '',
    '1 difference.',
  ])
  const hostile = { ...episode, entries: [{ ...look, key: 'a\u001b[2J', decision: { kind: '\u202e' } }] }
  // oxlint-disable-next-line no-control-regex -- that none of them is there is what is asked
  expect((await replayed(hostile)).out).not.toMatch(/[\u001b\u202e]/)
  const { out: json } = await replayed(changed, ['-o', 'json'])
  expect(JSON.parse(json)).toMatchObject({ kind: 'Replay', decided: 1, differences: [{ key: 'node-1' }] })
})

test.each([
  ['{', 'error: run.json: is not JSON'],
  [{ kind: 'Node' }, 'error: run.json: apiVersion is not an episode: `prunella export RUN` writes one'],
  [
    { ...episode, apiVersion: 'prunella.dev/episode/v2' },
    'error: run.json: apiVersion is version 2, and this prunella reads up to version 1: replay it with a newer one',
  ],
  [
    { ...episode, entries: [{ ...look, mono: 'soon' }] },
    'error: run.json: entries.0.mono Invalid input: expected number, received string',
  ],
])('what is no episode is refused with its reason', async (file, error) => {
  const { code, err } = await replayed(file)
  expect([code, err]).toEqual([2, error])
})

test('another policy must be one', async () => {
  const { code, err } = await replayed(episode, ['-f', 'policy.yaml'], { 'policy.yaml': 'kind: Node' })
  expect([code, err]).toEqual([2, 'error: policy.yaml: holds 0 policies, and none that is called general'])
})

test('a file that is not there, and a policy that is no YAML, are usage errors with their reason', async () => {
  expect(await prunella(replayVerb, ['none.json'])).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') })
  expect(await replayed(episode, ['-f', 'none.yaml'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('ENOENT'),
  })
  const { code, err } = await replayed(episode, ['-f', 'policy.yaml'], { 'policy.yaml': 'a: [' })
  expect(code).toBe(2)
  expect(err).toMatch(/^error: policy.yaml: Flow sequence .* at line 1/)
})
