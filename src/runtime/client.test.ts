import { describe, expect, test } from 'vitest'
import { nodeKind } from '../api/core/node.ts'
import { podKind } from '../api/core/pod.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Cluster } from '../ports/cluster.ts'
import {
  AlreadyExistsError,
  ConflictError,
  clusterTravelMaxMs,
  ExpiredError,
  NotFoundError,
  RefusedError,
  ThrottledError,
  TimeoutError,
  UnavailableError,
} from '../ports/errors.ts'
import type { TransportResponse } from '../ports/transport.ts'
import { clusterOver } from './client.ts'
import { FakeTransport, failed, notFound, ok } from './fake-transport.fixture.ts'

const pod = { namespace: 'shop', name: 'cart-0', uid: 'u1' }

describe('reading', () => {
  test('an object that is not there is undefined', async () => {
    const { cluster } = answering(notFound('node-1'))
    expect(await cluster.get(nodeKind, { name: 'node-1' })).toBe(undefined)
  })

  test('a read names no resourceVersion, for then no cache of the API server may answer', async () => {
    const { cluster, transport } = answering(ok({ metadata: { name: 'node-1', uid: 'u' } }))
    await cluster.get(nodeKind, { name: 'node-1' })
    expect(transport.requests).toMatchObject([{ method: 'GET', path: '/api/v1/nodes/node-1' }])
    expect(transport.requests[0]?.query?.['resourceVersion']).toBeUndefined()
  })

  test('a 404 that nobody signed is no evidence of absence', async () => {
    const { cluster } = answering({ status: 404, headers: {}, body: undefined })
    await expect(cluster.get(nodeKind, { name: 'node-1' })).rejects.toThrow(RefusedError)
  })

  test('a kind that is not served is no evidence of absence', async () => {
    const { cluster } = answering(
      failed(404, { reason: 'NotFound', message: 'the server could not find the requested resource' }),
    )
    await expect(cluster.get(nodeKind, { name: 'node-1' })).rejects.toThrow(RefusedError)
  })

  test('a list is read page by page', async () => {
    const { cluster, transport } = answering(list(['a', 'b'], 'token'), list(['c']))
    const found = await cluster.list(nodeKind, { labelSelector: 'pool=gpu' })
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c'])
    expect(transport.requests.map(({ query }) => query)).toEqual([
      { limit: '500', labelSelector: 'pool=gpu' },
      { limit: '500', labelSelector: 'pool=gpu', continue: 'token' },
    ])
  })

  test.each([undefined, {}, { items: 'none' }, { items: [{ metadata: {} }] }])(
    'a list that cannot be read (%j) is not an empty one',
    async (body) => {
      const { cluster } = answering({ status: 200, headers: {}, body })
      await expect(cluster.list(nodeKind)).rejects.toThrow(UnavailableError)
    },
  )

  test('a list of nothing may be null, as Go writes it', async () => {
    const { cluster } = answering(ok({ metadata: {}, items: null }))
    expect(await cluster.list(nodeKind)).toEqual([])
  })

  test('a list that expires on the way begins again, and half of it is forgotten', async () => {
    const { cluster } = answering(list(['a'], 'token'), failed(410), list(['b']))
    expect((await cluster.list(nodeKind)).map(({ metadata }) => metadata.name)).toEqual(['b'])
  })

  test('a list that always expires ends in an error', async () => {
    const { cluster } = answering(failed(410))
    await expect(cluster.list(nodeKind)).rejects.toThrow(ExpiredError)
  })
})

describe('writing', () => {
  test('a merge patch carries the version that it was decided on', async () => {
    const { cluster, transport } = answering(ok(object('node-1')))
    await cluster.patch(
      nodeKind,
      { name: 'node-1' },
      { type: 'Merge', resourceVersion: '7', body: { metadata: { labels: { a: 'b' } } } },
    )
    expect(transport.requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/nodes/node-1',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { labels: { a: 'b' }, resourceVersion: '7' } },
    })
  })

  test('no effect travels longer than the fence stands on', async () => {
    const { cluster, transport } = answering(ok(object('node-1')))
    await cluster.patch(nodeKind, { name: 'node-1' }, { type: 'Json', operations: [] })
    expect(transport.requests[0]).toMatchObject({ timeoutMs: 5_000, query: { timeout: '5s' } })
    expect(transport.requests[0]?.timeoutMs).toBeLessThan(clusterTravelMaxMs)
  })

  test('a failed test of a JSON patch is a conflict, a refused value is not', async () => {
    const patch = { type: 'Json', operations: [{ op: 'test', path: '/spec/taints', value: [] }] } as const
    const tested = answering(failed(422, { reason: 'Invalid', message: 'the server rejected our request' }))
    await expect(tested.cluster.patch(nodeKind, { name: 'node-1' }, patch)).rejects.toThrow(ConflictError)
    const invalid = answering(
      failed(422, { reason: 'Invalid', details: { causes: [{ field: 'spec.taints[0].key', message: 'no' }] } }),
    )
    await expect(invalid.cluster.patch(nodeKind, { name: 'node-1' }, patch)).rejects.toThrow(RefusedError)
  })

  test('a delete names the very object, and one that is gone already is deleted', async () => {
    const { cluster, transport } = answering(notFound('node-1'))
    await cluster.remove(nodeKind, { name: 'node-1' }, { uid: 'u1' })
    expect(transport.requests[0]?.body).toMatchObject({ preconditions: { uid: 'u1' }, propagationPolicy: 'Background' })
  })

  test('a create in a namespace says its type itself', async () => {
    const { cluster, transport } = answering(ok(object('cart-0')))
    await cluster.create(podKind, { metadata: { namespace: 'shop', name: 'cart-0' } })
    expect(transport.requests[0]).toMatchObject({
      path: '/api/v1/namespaces/shop/pods',
      body: { apiVersion: 'v1', kind: 'Pod' },
    })
  })

  test.each([
    [400, '', RefusedError],
    [401, 'Unauthorized', RefusedError],
    [403, 'Forbidden', RefusedError],
    [404, 'NotFound', RefusedError],
    [409, 'Conflict', ConflictError],
    [409, 'AlreadyExists', AlreadyExistsError],
    [410, 'Gone', ExpiredError],
    [415, 'UnsupportedMediaType', RefusedError],
    [422, 'Invalid', RefusedError],
    [429, 'TooManyRequests', ThrottledError],
    [500, 'InternalError', TimeoutError],
    [502, '', TimeoutError],
    [503, 'ServiceUnavailable', UnavailableError],
    [504, 'Timeout', TimeoutError],
  ])('%i %s means %o', async (status, reason, error) => {
    const { cluster } = answering(failed(status, { reason }))
    await expect(cluster.create(nodeKind, { metadata: { name: 'node-1' } })).rejects.toBeInstanceOf(error)
  })

  test('a namespace that is missing is not found', async () => {
    const { cluster } = answering(notFound('shop'))
    await expect(cluster.create(podKind, { metadata: { namespace: 'shop', name: 'x' } })).rejects.toThrow(NotFoundError)
  })

  test('a server that asks for no patience at all is not asked again at once', async () => {
    const { cluster } = answering(failed(429, { headers: { 'retry-after': '0' } }))
    await expect(cluster.create(nodeKind, { metadata: { name: 'n' } })).rejects.toMatchObject({ retryAfterMs: 1_000 })
  })

  test('whoever asks for an hour of patience is asked again within a minute: nobody is blind for an hour', async () => {
    const { cluster } = answering(failed(429, { headers: { 'retry-after': '3600' } }))
    await expect(cluster.create(nodeKind, { metadata: { name: 'n' } })).rejects.toMatchObject({ retryAfterMs: 60_000 })
  })

  test('a server that is not ready, and says when to come again, is not asked before', async () => {
    const { cluster } = answering(failed(503, { headers: { 'retry-after': '7' } }))
    const asked = cluster.create(nodeKind, { metadata: { name: 'n' } })
    await expect(asked).rejects.toBeInstanceOf(ThrottledError)
    await expect(asked).rejects.toMatchObject({ retryAfterMs: 7_000 })
  })

  test('patience is what the server asks for', async () => {
    const { cluster } = answering(failed(429, { headers: { 'retry-after': '7' } }))
    await expect(cluster.create(nodeKind, { metadata: { name: 'n' } })).rejects.toMatchObject({ retryAfterMs: 7_000 })
  })
})

describe('evicting', () => {
  const budget = {
    reason: 'DisruptionBudget',
    message: 'The disruption budget cart needs 2 healthy pods and has 2 currently',
  }

  test.each([
    ['accepted', failed(201), { kind: 'Accepted' }],
    ['gone', notFound('cart-0'), { kind: 'Gone' }],
    [
      'refused by a budget',
      failed(429, { reason: 'TooManyRequests', details: { causes: [budget] } }),
      { kind: 'RefusedByBudget', message: budget.message, budget: 'cart', retryAfterMs: 5_000 },
    ],
    [
      'refused by a budget that was not observed yet',
      failed(429, { details: { causes: [budget], retryAfterSeconds: 10 }, headers: { 'retry-after': '10' } }),
      { kind: 'RefusedByBudget', message: budget.message, budget: 'cart', retryAfterMs: 10_000 },
    ],
    [
      'blocked by two budgets',
      failed(500, {
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      }),
      {
        kind: 'Blocked',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    ],
    [
      'blocked by a negative budget',
      failed(403, {
        reason: 'Forbidden',
        message: 'pdb disruptions allowed is negative',
        details: { kind: 'poddisruptionbudget', name: 'cart' },
      }),
      { kind: 'Blocked', message: 'pdb disruptions allowed is negative' },
    ],
    [
      'in a namespace that is going',
      failed(403, {
        reason: 'Forbidden',
        details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace shop is being terminated' }] },
      }),
      { kind: 'NamespaceTerminating', message: 'namespace shop is being terminated' },
    ],
    [
      'in a namespace that is gone, which says nothing of the pod',
      failed(404, {
        reason: 'NotFound',
        message: 'namespaces "shop" not found',
        details: { kind: 'namespaces', name: 'shop' },
      }),
      { kind: 'NamespaceTerminating', message: 'namespaces "shop" not found' },
    ],
  ])('%s', async (_name, answer, outcome) => {
    const { cluster } = answering(answer)
    expect(await cluster.evict(pod)).toEqual(outcome)
  })

  test.each([
    ['a 429 of the API server itself', failed(429, { headers: { 'retry-after': '1' } }), ThrottledError],
    ['an unknown 500', failed(500, { message: 'etcdserver: request timed out' }), TimeoutError],
    ['a 504', failed(504, { reason: 'Timeout' }), TimeoutError],
    [
      'our own missing rights',
      failed(403, { reason: 'Forbidden', details: { kind: 'pods', name: 'cart-0' } }),
      RefusedError,
    ],
  ])('%s is an error', async (_name, answer, error) => {
    await expect(answering(answer).cluster.evict(pod)).rejects.toBeInstanceOf(error)
  })

  test('the pod is named by its UID', async () => {
    const { cluster, transport } = answering(failed(201))
    await cluster.evict(pod, { gracePeriodSeconds: 5 })
    expect(transport.requests[0]).toMatchObject({
      path: '/api/v1/namespaces/shop/pods/cart-0/eviction',
      body: { apiVersion: 'policy/v1', deleteOptions: { preconditions: { uid: 'u1' }, gracePeriodSeconds: 5 } },
    })
  })

  test('after a failed precondition a look tells whether the pod is another one by now', async () => {
    const conflict = failed(409, { reason: 'Conflict' })
    expect(await answering(conflict, ok(object('cart-0', 'u2'))).cluster.evict(pod)).toEqual({ kind: 'Gone' })
    expect(await answering(conflict, notFound('cart-0')).cluster.evict(pod)).toEqual({ kind: 'Gone' })
    await expect(answering(conflict, ok(object('cart-0', 'u1'))).cluster.evict(pod)).rejects.toThrow(ConflictError)
  })
})

/** The last answer is given again and again. */
function answering(...answers: readonly TransportResponse[]): { cluster: Cluster; transport: FakeTransport } {
  const transport = new FakeTransport()
  transport.respond = () => answers[Math.min(transport.requests.length, answers.length) - 1] ?? failed(500)
  return { cluster: clusterOver(transport), transport }
}

const object = (name: string, uid = 'u1'): JsonObject => ({ metadata: { name, uid, resourceVersion: '1' } })

const list = (names: readonly string[], next = ''): TransportResponse =>
  ok({ metadata: { resourceVersion: '9', continue: next }, items: names.map((name) => object(name)) })
