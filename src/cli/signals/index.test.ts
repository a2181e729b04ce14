import { expect, test } from 'vitest'
import { ladderParts } from '../../domain/explain/ladder-parts.fixture.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { prunella } from '../context.fixture.ts'
import { sourcesVerb } from '../sources/index.ts'
import { signalsVerb } from './index.ts'

const { node, health, policies } = ladderParts()
const sources = [
  { kind: 'alert', name: 'main', state: 'Failing', since: '1970-01-01T00:00:00.000Z', message: 'connection refused' },
  { kind: 'query', name: 'metrics', state: 'Answering', since: '1970-01-01T00:00:00.000Z' },
  {
    kind: 'nodeEvent',
    name: 'events',
    state: 'Failing',
    since: '1970-01-01T00:00:00.000Z',
    message: 'lost',
    lastHeardTime: '1969-12-31T23:57:55.000Z',
  },
] as const
const withSources = policies.map((policy) => ({ ...policy, status: { ...policy.status, sources } }))
const lists: Readonly<Record<string, readonly unknown[]>> = {
  noderemediationpolicies: withSources,
  nodehealths: [health],
}
const cluster = {
  get: async ({ plural }: { readonly plural: string }, { name }: { readonly name: string }) =>
    name === 'node-1' ? { nodes: node, nodehealths: health }[plural] : undefined,
  list: async ({ plural }: { readonly plural: string }) => lists[plural] ?? [],
} as unknown as Cluster

test('the signals of a node, each with its source and who reads it', async () => {
  const { code, out } = await prunella(signalsVerb, ['node-1'], { cluster })
  expect(code).toBe(0)
  expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'NAME | STATE | SINCE | HEARTBEAT | SOURCE | POLICY | DIAGNOSES',
    'kernelDeadlock | True | 0s | 0s | condition KernelDeadlock=True | general-nodes | kernel-hang',
  ])
})

test('the signals of all policies, with how many nodes show them', async () => {
  const { out } = await prunella(signalsVerb, [], { cluster })
  expect(out).toMatch(/kernelDeadlock +general-nodes +1 +0 +condition KernelDeadlock=True +kernel-hang/)
})

test('a node that is not there is an error', async () => {
  expect(await prunella(signalsVerb, ['node-9'], { cluster })).toMatchObject({
    code: 1,
    err: expect.stringContaining('nodes "node-9" not found'),
  })
})

test('the sources that policies rest on, and which of them fail', async () => {
  const { out } = await prunella(sourcesVerb, [], { cluster, terminal: { colours: true } })
  expect(out).toMatch(/NAME +KIND +STATE +SINCE +LAST HEARD +POLICIES +MESSAGE/)
  expect(out).toContain('\u001B[31mmain')
  expect(out).toMatch(/main +alert +Failing +\S+ +<none> +general-nodes +connection refused/)
  expect(out).toMatch(/metrics +query +Answering +\S+ +current +general-nodes +<none>/)
  expect(out).toMatch(/events +nodeEvent +Failing +\S+ +\d\S+ +general-nodes +lost/)
})

test('nothing to tell is said, not shown as health', async () => {
  const quiet = { ...cluster, list: async () => [] } as unknown as Cluster
  expect((await prunella(sourcesVerb, [], { cluster: quiet })).err).toContain('or it has not told yet')
})
