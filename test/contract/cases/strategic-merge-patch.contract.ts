import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted, dataOf, failure, resourceVersionOf, specOf, statusOf } from '../answers.ts'
import { type Fields, freshConfigMaps, freshNamespace, freshNode, named, nodesPath, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

const conditions = (answer: { readonly body: unknown }): unknown => at(answer.body, 'status', 'conditions')

/** A replica set of the template's containers: unlike a pod's, its spec may be changed. */
const replicaSet = (name: string, podSpec: Fields): Fields => ({
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec },
  },
})

export function strategicMergePatchCases({ client }: Target): void {
  const freshReplicaSet = async (podSpec: Fields): Promise<string> => {
    const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/replicasets`
    accepted(await client.create(path, replicaSet('a', podSpec)))
    return `${path}/a`
  }
  const patchTemplate = async (path: string, spec: Fields) => {
    const answer = accepted(await client.strategicPatch(path, { spec: { template: { spec } } }))
    return (...members: readonly (string | number)[]) => at(answer.body, 'spec', 'template', 'spec', ...members)
  }
  const nodeWithConditions = async (...list: readonly Fields[]): Promise<string> => {
    const path = `${nodesPath}/${await freshNode(client)}/status`
    accepted(await client.mergePatch(path, { status: { conditions: list } }))
    return path
  }

  describe('strategic merge patch', () => {
    test('maps merge, null removes', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { keep: '1', drop: '1' } })))
      const answer = await client.strategicPatch(`${path}/a`, { data: { drop: null, add: '2' } })
      expect(dataOf(answer)).toEqual({ keep: '1', add: '2' })
    })

    test('$patch: replace on a map leaves nothing else in it', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { old: '1' } })))
      const answer = await client.strategicPatch(`${path}/a`, { data: { $patch: 'replace', new: '2' } })
      expect(dataOf(answer)).toEqual({ new: '2' })
    })

    test('$patch: delete on a map empties it', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { old: '1' } })))
      const answer = await client.strategicPatch(`${path}/a`, { data: { $patch: 'delete' } })
      expect(dataOf(answer)).toBeUndefined()
    })

    test('containers merge by name', async () => {
      const path = podsOf(await freshNamespace(client))
      const containers = ['one', 'two'].map((name) => ({ name, image: 'registry.test/main:1' }))
      accepted(await client.create(path, pod('a', { spec: { containers } })))
      const answer = await client.strategicPatch(`${path}/a`, {
        spec: { containers: [{ name: 'two', image: 'registry.test/main:2' }] },
      })
      expect(specOf(answer)).toMatchObject({
        containers: [
          { name: 'one', image: 'registry.test/main:1' },
          { name: 'two', image: 'registry.test/main:2' },
        ],
      })
    })

    test('env merges by name inside its container', async () => {
      const env = [
        { name: 'A', value: '1' },
        { name: 'B', value: '1' },
      ]
      const path = await freshReplicaSet({ containers: [{ name: 'main', image: 'x', env }] })
      const now = await patchTemplate(path, { containers: [{ name: 'main', env: [{ name: 'B', value: '2' }] }] })
      expect(now('containers', 0)).toMatchObject({
        name: 'main',
        image: 'x',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      })
    })

    test('ports merge by containerPort, volumes by name', async () => {
      const path = await freshReplicaSet({
        containers: [{ name: 'main', image: 'x', ports: [{ containerPort: 1 }, { containerPort: 2 }] }],
        volumes: [{ name: 'v', emptyDir: {} }],
      })
      const now = await patchTemplate(path, {
        containers: [{ name: 'main', ports: [{ containerPort: 2, name: 'two' }] }],
        volumes: [{ name: 'w', emptyDir: {} }],
      })
      expect(now('containers', 0, 'ports')).toMatchObject([{ containerPort: 1 }, { containerPort: 2, name: 'two' }])
      expect(now('volumes')).toHaveLength(2)
    })

    test('args and command are replaced', async () => {
      const path = await freshReplicaSet({ containers: [{ name: 'main', image: 'x', args: ['a', 'b'] }] })
      const now = await patchTemplate(path, { containers: [{ name: 'main', args: ['c'] }] })
      expect(now('containers', 0, 'args')).toEqual(['c'])
    })

    test('$patch: delete with the key removes one member of a list', async () => {
      const path = await freshReplicaSet({ containers: ['one', 'two'].map((name) => ({ name, image: 'x' })) })
      const now = await patchTemplate(path, { containers: [{ name: 'one', $patch: 'delete' }] })
      expect(now('containers')).toMatchObject([{ name: 'two' }])
      expect(now('containers')).toHaveLength(1)
    })

    test('$patch: replace in a list leaves only what the patch names', async () => {
      const path = await freshReplicaSet({ containers: ['one', 'two'].map((name) => ({ name, image: 'x' })) })
      const now = await patchTemplate(path, { containers: [{ name: 'three', image: 'y' }, { $patch: 'replace' }] })
      expect(now('containers')).toMatchObject([{ name: 'three', image: 'y' }])
      expect(now('containers')).toHaveLength(1)
    })

    test('$setElementOrder orders a merged list', async () => {
      const path = await freshReplicaSet({ containers: ['one', 'two'].map((name) => ({ name, image: 'x' })) })
      const now = await patchTemplate(path, {
        '$setElementOrder/containers': [{ name: 'three' }, { name: 'two' }, { name: 'one' }],
        containers: [{ name: 'three', image: 'y' }],
      })
      expect(now('containers')).toMatchObject([{ name: 'three' }, { name: 'two' }, { name: 'one' }])
    })

    test('$retainKeys drops the other members of a union', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      accepted(await client.create(path, replicaSet('a', { containers: [{ name: 'main', image: 'x' }] })))
      const answer = await client.strategicPatch(`${path}/a`, {
        spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      })
      expect(at(answer.body, 'spec', 'strategy')).toEqual({ type: 'Recreate' })
    })

    test('taints are replaced: their list has no key', async () => {
      const name = await freshNode(client, { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })
      const answer = await client.strategicPatch(`${nodesPath}/${name}`, {
        spec: { taints: [{ key: 'b', effect: 'NoSchedule' }] },
      })
      expect(specOf(answer)).toEqual({ taints: [{ key: 'b', effect: 'NoSchedule' }] })
    })

    test('tolerations are replaced', async () => {
      const path = await freshReplicaSet({
        containers: [{ name: 'main', image: 'x' }],
        tolerations: [{ key: 'a', operator: 'Exists' }],
      })
      const now = await patchTemplate(path, { tolerations: [{ key: 'b', operator: 'Exists' }] })
      expect(now('tolerations')).toEqual([{ key: 'b', operator: 'Exists' }])
    })

    test('conditions merge by type', async () => {
      const path = await nodeWithConditions({ type: 'Ready', status: 'True', reason: 'Fine' })
      const answer = await client.strategicPatch(path, { status: { conditions: [{ type: 'Ready', status: 'False' }] } })
      expect(conditions(answer)).toMatchObject([{ type: 'Ready', status: 'False', reason: 'Fine' }])
    })

    test('a condition of a new type is added', async () => {
      const path = await nodeWithConditions({ type: 'Ready', status: 'True' })
      const answer = await client.strategicPatch(path, {
        status: { conditions: [{ type: 'KernelDeadlock', status: 'True' }] },
      })
      expect(conditions(answer)).toHaveLength(2)
      expect(conditions(answer)).toEqual(
        expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]),
      )
    })

    test('a condition goes by $patch: delete', async () => {
      const path = await nodeWithConditions({ type: 'Ready', status: 'True' }, { type: 'Old', status: 'True' })
      const answer = await client.strategicPatch(path, { status: { conditions: [{ type: 'Old', $patch: 'delete' }] } })
      expect(conditions(answer)).toMatchObject([{ type: 'Ready' }])
    })

    test('addresses of a node merge by type', async () => {
      const path = `${nodesPath}/${await freshNode(client)}/status`
      const patch = (addresses: readonly Fields[]) => client.strategicPatch(path, { status: { addresses } })
      accepted(
        await patch([
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'Hostname', address: 'host' },
        ]),
      )
      const answer = await patch([{ type: 'InternalIP', address: '10.0.0.2' }])
      expect(statusOf(answer)).toMatchObject({ addresses: [{ address: '10.0.0.2' }, { address: 'host' }] })
    })

    test('ownerReferences merge by uid', async () => {
      const path = await freshConfigMaps(client)
      const owner = (uid: string, name: string): Fields => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid })
      accepted(await client.create(path, { metadata: { name: 'a', ownerReferences: [owner('u1', 'one')] } }))
      const add = await client.strategicPatch(`${path}/a`, { metadata: { ownerReferences: [owner('u2', 'two')] } })
      expect(at(add.body, 'metadata', 'ownerReferences')).toHaveLength(2)
      const drop = await client.strategicPatch(`${path}/a`, {
        metadata: { ownerReferences: [{ uid: 'u1', $patch: 'delete' }] },
      })
      expect(at(drop.body, 'metadata', 'ownerReferences')).toMatchObject([{ uid: 'u2' }])
    })

    test('finalizers merge as a set, and leave by $deleteFromPrimitiveList', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, { metadata: { name: 'a', finalizers: ['a.test/one'] } }))
      const finalizers = async (metadata: Fields): Promise<unknown> =>
        at((await client.strategicPatch(`${path}/a`, { metadata })).body, 'metadata', 'finalizers')
      expect(await finalizers({ finalizers: ['a.test/one', 'a.test/two'] })).toEqual(['a.test/one', 'a.test/two'])
      expect(await finalizers({ '$deleteFromPrimitiveList/finalizers': ['a.test/one'] })).toEqual(['a.test/two'])
    })

    test('cordon as kubectl writes it', async () => {
      const name = await freshNode(client)
      expect(specOf(await client.strategicPatch(`${nodesPath}/${name}`, { spec: { unschedulable: true } }))).toEqual({
        unschedulable: true,
      })
      expect(specOf(await client.strategicPatch(`${nodesPath}/${name}`, { spec: { unschedulable: null } }))).toEqual({})
    })

    test('a list member without its key: refused', async () => {
      const path = await freshReplicaSet({ containers: [{ name: 'main', image: 'x' }] })
      const answer = await client.strategicPatch(path, {
        spec: { template: { spec: { containers: [{ image: 'y' }] } } },
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(JSON.stringify(answer.body)).toContain('does not contain declared merge key: name')
    })

    test('an unknown $patch directive: refused', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { key: 'x' } })))
      const answer = await client.strategicPatch(`${path}/a`, { data: { $patch: 'explode' } })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    })

    test('with a stale resourceVersion: 409', async () => {
      const path = await freshConfigMaps(client)
      const before = accepted(await client.create(path, named('a')))
      accepted(await client.mergePatch(`${path}/a`, { data: { key: '1' } }))
      const metadata = { resourceVersion: resourceVersionOf(before) }
      expect((await client.strategicPatch(`${path}/a`, { metadata, data: { key: '2' } })).status).toBe(409)
    })

    test('one that changes nothing keeps the resourceVersion', async () => {
      const path = `${nodesPath}/${await freshNode(client, { metadata: { labels: { x: 'y' } } })}`
      const before = await client.get(path)
      expect(resourceVersionOf(await client.strategicPatch(path, { metadata: { labels: { x: 'y' } } }))).toBe(
        resourceVersionOf(before),
      )
    })

    test('broken JSON: 400', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      expect(failure(await client.strategicPatch(`${path}/a`, '{"data":'))).toMatch(/^400 BadRequest: /)
    })
  })
}
