import { expect, test } from 'vitest'
import { instant, later, seconds } from '../../kernel/time.ts'
import { policySpec } from './prepared-policy.fixture.ts'
import { sourceStatuses } from './source-status.ts'

const spec = policySpec({
  signals: [
    { name: 'kernelDeadlock', nodeCondition: { type: 'KernelDeadlock', status: 'True' } },
    { name: 'busy', alert: { name: 'Busy', source: 'main' } },
    { name: 'short', query: { expr: 'mem', above: 1 } },
  ],
})
const health = (problem?: string) => [
  { kind: 'alert', name: 'main', problem } as const,
  { kind: 'alert', name: 'other', problem: undefined } as const,
  { kind: 'query', name: 'metrics', problem: undefined } as const,
  { kind: 'lease', name: 'leases', problem: undefined } as const,
]
const noon = instant(Date.parse('2026-11-21T12:00:00Z'))
const statuses = (problem: string | undefined, before: ReturnType<typeof sourceStatuses>, after: number) =>
  sourceStatuses(spec, health(problem), { before, now: later(noon, seconds(after)) })

test('those that its signals rest on, each with its state', () => {
  expect(sourceStatuses(spec, health(), { before: [], now: noon })).toEqual([
    { kind: 'alert', name: 'main', state: 'Answering', since: '2026-11-21T12:00:00.000Z' },
    { kind: 'query', name: 'metrics', state: 'Answering', since: '2026-11-21T12:00:00.000Z' },
  ])
})

test('a query that its server refuses, by the name of the signal, and no other query', () => {
  const refusing = (expr: string) => {
    const query = { expr, above: 1, absentMeans: 'Unknown' } as const
    const queries = [{ query, problem: 'many-to-many' }]
    const source = { kind: 'query', name: 'metrics', problem: undefined, queries } as const
    return sourceStatuses(spec, [source], { before: [], now: noon })
  }
  expect(refusing('mem')).toMatchObject([{ state: 'Failing', message: 'the query of short: many-to-many' }])
  expect(refusing('other')).toMatchObject([{ state: 'Answering' }])
})

test('only a change of state changes anything', () => {
  const first = statuses('connection refused', [], 0)
  const later = statuses('timed out', first, 60)
  expect(later).toEqual(first)
  expect(later[0]).toMatchObject({ state: 'Failing', message: 'connection refused' })
  const back = statuses(undefined, later, 90)
  expect(back[0]).toEqual({ kind: 'alert', name: 'main', state: 'Answering', since: '2026-11-21T12:01:30.000Z' })
})

test('when a source that fell silent was last heard, as of its fall, and nothing of the kind while it answers', () => {
  const seen = (
    problem: string | undefined,
    heardMsAgo: number | undefined,
    before: ReturnType<typeof sourceStatuses>,
  ) => sourceStatuses(spec, [{ kind: 'query', name: 'metrics', problem, heardMsAgo }], { before, now: noon })
  expect(seen(undefined, 5_000, [])[0]).not.toHaveProperty('lastHeardTime')
  const fell = seen('timed out', seconds(130), [])
  expect(fell).toMatchObject([{ state: 'Failing', lastHeardTime: '2026-11-21T11:57:50.000Z' }])
  expect(seen('timed out', seconds(190), fell)).toEqual(fell)
  expect(seen('timed out', undefined, [])[0]).not.toHaveProperty('lastHeardTime')
})

test('events of sandboxes are only asked by who asks for them', () => {
  const symptom = (name: string) =>
    policySpec({ signals: [{ name: 'ill', podSymptom: { symptom: name, pods: 3, stuckSeconds: 60 } }] })
  const sources = [
    { kind: 'podSymptom', name: 'pods', problem: undefined },
    { kind: 'podSymptom', name: 'sandboxes', problem: 'lost', symptoms: ['SandboxFailing'] },
  ] as const
  const names = (name: string) =>
    sourceStatuses(symptom(name), sources, { before: [], now: noon }).map((status) => status.name)
  expect(names('CrashLooping')).toEqual(['pods'])
  expect(names('SandboxFailing')).toEqual(['pods', 'sandboxes'])
})
