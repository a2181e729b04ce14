import { expect, test } from 'vitest'
import { nodeKind } from '../../api/core/node.ts'
import { readEpisode } from '../../api/episode.ts'
import type { JournalLine } from '../../api/journal-line.ts'
import { runKind } from '../../api/v1alpha1/node-remediation.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { prunella } from '../context.fixture.ts'
import { exportVerb } from './index.ts'

const at = '1970-01-01T00:00:00Z'
const run = runKind.project({
  metadata: { name: 'nr-1', uid: 'r', annotations: { 'team.example/note': 'hunter2' } },
  spec: {
    node: { name: 'ip-10-0-3-17.eu.internal', uid: 'n' },
    policyName: 'general',
    cause: {
      diagnosis: 'kernel-hang',
      class: 'Fault',
      episode: 'e',
      when: 'x',
      message: 'ip-10-0-3-17 hangs, says 10.0.3.17',
      detectedTime: at,
    },
    treatments: [{ name: 'power-cycle', powerCycle: {} }],
  },
  status: { step: { name: 'Done', since: at, outcome: 'NodeRecovered' }, completionTime: at },
})
const node = nodeKind.project({ metadata: { name: 'n' }, status: { nodeInfo: { kubeletVersion: 'v1.36.4' } } })

const line = (key: string, minutes: number, controller = 'triage'): JournalLine => ({
  time: new Date(minutes * 60_000).toISOString(),
  mono: minutes,
  process: 'p',
  controller,
  key,
  observation: { shared: { policyName: 'general', policy: { mode: 'Observe' } } },
  decision: {},
})

async function exported(words: readonly string[], lines: readonly JournalLine[] = []) {
  const stored: Readonly<Record<string, unknown>> = { noderemediations: run, nodes: node }
  const cluster = {
    get: async ({ plural }: { readonly plural: string }, { name }: { readonly name: string }) =>
      plural === 'noderemediations' && name !== 'nr-1' ? undefined : stored[plural],
  } as unknown as Cluster
  const files = new Map<string, string>()
  const records = {
    journal: async function* () {
      yield* lines
    },
    write: async (path: string, text: string) => void files.set(path, text),
  }
  return { ...(await prunella(exportVerb, words, { cluster, records })), files }
}

const own = 'ip-10-0-3-17.eu.internal'

test('one file with the run, the policy as it stood, versions, and the looks of its node and time', async () => {
  const lines = [line(own, 5), line('other', 1), line(own, 60), line('nr-1', 0, 'remediation')]
  const { code, files, err } = await exported(['nr-1', '--journal', 'dir', '-o', 'nr-1.json'], lines)
  const read = readEpisode(files.get('nr-1.json') ?? '')
  expect([code, read.ok]).toEqual([0, true])
  if (!read.ok) return
  expect(read.value.entries.map(({ key, mono }) => [key, mono])).toEqual([
    ['nr-1', 0],
    [own, 5],
  ])
  expect(read.value).toMatchObject({
    policy: { metadata: { name: 'general' }, spec: { mode: 'Observe' } },
    versions: { prunella: '0', kubelet: 'v1.36.4' },
    run: { metadata: { name: 'nr-1' } },
  })
  expect(err).toContain('2 entries of the journal')
  expect(files.get('nr-1.json')).not.toContain('hunter2')
})

test('without a journal it says that there is nothing to replay', async () => {
  const { code, out, err } = await exported(['nr-1'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ kind: 'Episode', entries: [] })
  expect(err).toContain('without --journal')
})

test('under pseudonyms neither names nor addresses are left, and the same name is always the same', async () => {
  const { out } = await exported(['nr-1', '--redact-names'])
  expect(out).not.toMatch(/10[.-]0[.-]3[.-]17/)
  expect(JSON.parse(out)).toMatchObject({
    namesRedacted: true,
    run: {
      spec: { node: { name: 'node-0001-redacted' }, cause: { message: 'node-0002-redacted hangs, says 192.0.2.1' } },
    },
  })
})

test('a run that does not exist is an error', async () => {
  const { code, err } = await exported(['nr-2'])
  expect([code, err]).toEqual([1, 'error: there is no run nr-2, or it cannot be read'])
})
