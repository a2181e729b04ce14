import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted, causesOf, failure, generationOf, resourceVersionOf, specOf, statusOf } from '../answers.ts'
import { budgetsOf, type Fields, fresh, freshNamespace, freshNode, nodesPath, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

const workload = (name: string): Fields => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'registry.test/main:1' }] },
    },
  },
})

export function subresourceCases({ client }: Target): void {
  const binding = (name: string, node: string): Fields => ({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  })

  describe('status', () => {
    test('a write of the object leaves the status alone', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      accepted(await client.create(path, { ...workload('a'), status: { replicas: 7 } }))
      expect(statusOf(await client.mergePatch(`${path}/a`, { status: { replicas: 7 } }))).toEqual({})
    })

    test('a write of the status leaves the spec alone', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      accepted(await client.create(path, workload('a')))
      const answer = await client.mergePatch(`${path}/a/status`, { spec: { replicas: 9 }, status: { replicas: 2 } })
      expect([at(specOf(answer), 'replicas'), statusOf(answer)]).toEqual([2, { replicas: 2 }])
    })

    test('raises the resourceVersion, not the generation', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      const before = accepted(await client.create(path, workload('a')))
      const after = await client.mergePatch(`${path}/a/status`, { status: { replicas: 2 } })
      expect(generationOf(after)).toBe(1)
      expect(resourceVersionOf(after)).not.toBe(resourceVersionOf(before))
    })

    test('GET of the status is the whole object', async () => {
      const path = `${nodesPath}/${await freshNode(client)}`
      expect((await client.get(`${path}/status`)).body).toEqual((await client.get(path)).body)
    })

    test('PUT with a stale resourceVersion: 409', async () => {
      const path = `${nodesPath}/${await freshNode(client)}`
      const before = await client.get(path)
      accepted(await client.mergePatch(path, { metadata: { labels: { x: 'y' } } }))
      expect((await client.update(`${path}/status`, before.body)).status).toBe(409)
      expect((await client.update(`${path}/status`, (await client.get(path)).body)).status).toBe(200)
    })

    test('of a node takes labels and annotations along, not the spec', async () => {
      const path = `${nodesPath}/${await freshNode(client)}`
      const answer = await client.mergePatch(`${path}/status`, {
        metadata: { labels: { x: 'y' } },
        spec: { unschedulable: true },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      })
      expect(answer.body).toMatchObject({
        metadata: { labels: { x: 'y' } },
        spec: {},
        status: { conditions: [{ type: 'Ready' }] },
      })
      expect(specOf(answer)).not.toHaveProperty('unschedulable')
    })

    test('of a node stays when its spec is written', async () => {
      const path = `${nodesPath}/${await freshNode(client)}`
      accepted(
        await client.mergePatch(`${path}/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
      )
      const answer = await client.mergePatch(path, { spec: { unschedulable: true }, status: { conditions: null } })
      expect(answer.body).toMatchObject({ spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready' }] } })
    })

    test('of a pod does not move it', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a')))
      const answer = await client.mergePatch(`${path}/a/status`, {
        spec: { nodeName: 'x' },
        status: { phase: 'Running' },
      })
      expect([at(specOf(answer), 'nodeName'), at(statusOf(answer), 'phase')]).toEqual([undefined, 'Running'])
    })

    test('of a budget cannot go below zero: 422', async () => {
      const path = budgetsOf(await freshNamespace(client))
      accepted(await client.create(path, { metadata: { name: 'a' }, spec: { minAvailable: 1, selector: {} } }))
      expect(causesOf(await client.mergePatch(`${path}/a/status`, { status: { disruptionsAllowed: -1 } }))).toEqual([
        'FieldValueInvalid status.disruptionsAllowed',
      ])
    })

    test('of a missing object: 404', async () => {
      expect(failure(await client.mergePatch(`${nodesPath}/none/status`, { status: {} }))).toBe(
        '404 NotFound: nodes "none" not found',
      )
    })
  })

  describe('binding', () => {
    test('gives a pod its node, and says so in a condition', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a')))
      const node = fresh('node')
      const answer = await client.create(`${path}/a/binding`, binding('a', node))
      expect([answer.status, answer.body]).toEqual([
        201,
        expect.objectContaining({ kind: 'Status', status: 'Success' }),
      ])
      expect((await client.get(`${path}/a`)).body).toMatchObject({
        spec: { nodeName: node },
        status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
      })
    })

    test('twice: 409', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a')))
      accepted(await client.create(`${path}/a/binding`, binding('a', 'node-x')))
      expect(failure(await client.create(`${path}/a/binding`, binding('a', 'node-y')))).toBe(
        '409 Conflict: Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "node-x"',
      )
    })

    test('of a missing pod: 404', async () => {
      const path = podsOf(await freshNamespace(client))
      expect(failure(await client.create(`${path}/none/binding`, binding('none', 'x')))).toBe(
        '404 NotFound: pods "none" not found',
      )
    })
  })

  describe('scale', () => {
    test.each(['deployments', 'replicasets'])('of %s shows and sets the replicas', async (plural) => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/${plural}`
      accepted(await client.create(path, workload('a')))
      expect((await client.get(`${path}/a/scale`)).body).toMatchObject({
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { name: 'a' },
        spec: { replicas: 2 },
        status: { replicas: 0, selector: 'app=a' },
      })
      expect((await client.mergePatch(`${path}/a/scale`, { spec: { replicas: 5 } })).body).toMatchObject({
        spec: { replicas: 5 },
      })
      expect((await client.get(`${path}/a`)).body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 } })
    })
  })
}
