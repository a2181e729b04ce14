import { expect, test } from 'vitest'
import { nodeClaimKind } from '../../api/core/kinds.ts'
import { nodeKind } from '../../api/core/node.ts'
import type { Step, Treating } from '../../domain/remediation/step.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { instant, rfc3339 } from '../../kernel/time.ts'
import type { ClusterReader } from '../../ports/cluster.ts'
import { readClaims } from './read-claims.ts'

const createdAt = instant(Date.parse('2026-11-21T10:00:00Z'))

const claim = (name: string, { pool = 'general', agoMs = 0 } = {}): JsonObject => ({
  metadata: {
    name,
    uid: name,
    resourceVersion: '1',
    creationTimestamp: rfc3339(instant(createdAt + 1_000 - agoMs)),
    labels: { 'karpenter.sh/nodepool': pool },
  },
  status: { nodeName: `node-of-${name}`, conditions: [{ type: 'Ready', status: 'True' }] },
})

interface Look {
  readonly cached?: readonly string[]
}

/** A fleet of claims whose nodes are all Ready, and whom was asked for. */
async function looked(step: Step, { cached = ['own'] }: Look = {}) {
  const old = Array.from({ length: 1_000 }, (_, index) => claim(`old-${index}`, { agoMs: 60_000 }))
  const fleet = [...old, claim('own', { agoMs: 60_000 }), claim('new'), claim('other', { pool: 'gpu' })]
  const asked: string[] = []
  const reader: ClusterReader = {
    get: async (kind, { name }) => {
      asked.push(`${kind.plural} ${name}`)
      const status = { conditions: [{ type: 'Ready', status: 'True' }] }
      if (kind.plural === nodeKind.plural)
        return kind.project({ metadata: { name, uid: name, resourceVersion: '1' }, status })
      const found = fleet.find((raw) => nodeClaimKind.project(raw).metadata.name === name)
      return found === undefined ? undefined : kind.project(found)
    },
    list: async (kind, { labelSelector } = {}) => {
      asked.push(`${kind.plural} ${labelSelector ?? 'all'}`)
      return fleet.map((raw) => kind.project(raw))
    },
  }
  const known = cached.map((name) => nodeClaimKind.project(claim(name)))
  const seen = await readClaims(reader, { step, createdAt, cached: known })
  if (seen.kind !== 'Known') throw new Error(`claims are ${seen.kind}`)
  return { asked, claims: seen.claims.map(({ metadata }) => metadata.name), ready: seen.readyNodes }
}

const waiting = { rung: 0, since: createdAt, retry: 0, attempted: true, bootID: '' }
const treating: Treating = {
  ...waiting,
  name: 'Treating',
  deadline: instant(createdAt + 600_000),
  stage: 'AwaitingReplacement',
  stageSince: createdAt,
  attempt: 1,
  claim: { name: 'gone', uid: 'gone', pool: 'general' },
  ended: undefined,
}

test('of a large fleet only the nodes that may be the replacement are read, among the claims of the pool', async () => {
  expect(await looked(treating)).toMatchObject({
    asked: ['nodeclaims karpenter.sh/nodepool=general', 'nodes node-of-new'],
    ready: ['node-of-new'],
  })
})

test('while no replacement is awaited the own claim alone is read', async () => {
  const draining: Step = { ...waiting, name: 'Draining', deadline: instant(createdAt + 600_000) }
  for (const step of [
    draining,
    { ...treating, stage: 'Ordering', claim: { name: 'own', uid: 'own', pool: 'general' } },
  ] as const)
    expect(await looked(step)).toEqual({ asked: ['nodeclaims own'], claims: ['own'], ready: [] })
})

test('a claim that has gone is not looked for in the fleet, and both that stand for a node are read', async () => {
  expect(await looked({ ...treating, stage: 'Ordering' }, { cached: [] })).toMatchObject({
    asked: ['nodeclaims gone'],
    claims: [],
  })
  expect(await looked({ ...treating, stage: 'Ordering' })).toMatchObject({ claims: ['own'] })
})

test('that no claim stands for a node is believed of a live list only', async () => {
  const { asked, claims } = await looked({ ...treating, stage: 'Ordering', claim: undefined }, { cached: [] })
  expect(asked).toEqual(['nodeclaims all'])
  expect(claims).toContain('own')
})
