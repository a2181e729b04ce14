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

/** A fleet of claims whose nodes are all Ready, and whose node was asked for. */
async function looked(step: Step) {
  const old = Array.from({ length: 1_000 }, (_, index) => claim(`old-${index}`, { agoMs: 60_000 }))
  const fleet = [...old, claim('new'), claim('other', { pool: 'gpu' })]
  const asked: string[] = []
  const reader: ClusterReader = {
    get: async (kind, { name }) => {
      asked.push(name)
      const status = { conditions: [{ type: 'Ready', status: 'True' }] }
      return kind.plural === nodeKind.plural
        ? kind.project({ metadata: { name, uid: name, resourceVersion: '1' }, status })
        : undefined
    },
    list: async (kind) => (kind.plural === nodeClaimKind.plural ? fleet.map((raw) => kind.project(raw)) : []),
  }
  const seen = await readClaims(reader, step, createdAt)
  return { asked, ready: seen.kind === 'Known' ? seen.readyNodes : undefined }
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
}

test('of a large fleet only the nodes that may be the replacement are read', async () => {
  expect(await looked(treating)).toEqual({ asked: ['node-of-new'], ready: ['node-of-new'] })
})

test('while no replacement is awaited no node is read', async () => {
  expect(await looked({ ...treating, stage: 'Ordering' })).toEqual({ asked: [], ready: [] })
})
