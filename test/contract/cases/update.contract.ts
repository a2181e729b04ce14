import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, dataOf, failure, generationOf, resourceVersionOf, specOf, uidOf } from '../answers.ts'
import { fresh, freshConfigMaps, freshNamespace, named, pod, podsOf } from '../objects.ts'
import type { Target } from '../target.ts'

const conflict = (what: string): string =>
  `409 Conflict: Operation cannot be fulfilled on ${what}: the object has been modified; ` +
  'please apply your changes to the latest version and try again'

const deployment = (name: string): Record<string, unknown> => ({
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'registry.test/main:1' }] },
    },
  },
})

export function updateCases({ client }: Target): void {
  describe('update', () => {
    test('replaces the object and raises its resourceVersion', async () => {
      const path = await freshConfigMaps(client)
      const before = accepted(await client.create(path, named('a', { data: { old: '1' } })))
      const after = await client.update(`${path}/a`, named('a', { data: { new: '2' } }))
      expect(after.status).toBe(200)
      expect(dataOf(after)).toEqual({ new: '2' })
      expect(Number(resourceVersionOf(after))).toBeGreaterThan(Number(resourceVersionOf(before)))
    })

    test('keeps uid and creationTimestamp, whatever the client says', async () => {
      const path = await freshConfigMaps(client)
      const before = accepted(await client.create(path, named('a')))
      const after = await client.update(`${path}/a`, {
        metadata: { name: 'a', creationTimestamp: '2001-01-01T00:00:00Z', labels: { x: 'y' } },
      })
      expect(uidOf(after)).toBe(uidOf(before))
      expect(textAt(after.body, 'metadata', 'creationTimestamp')).toBe(
        textAt(before.body, 'metadata', 'creationTimestamp'),
      )
    })

    test('one that changes nothing keeps the resourceVersion', async () => {
      const path = await freshConfigMaps(client)
      const before = accepted(await client.create(path, named('a', { data: { key: 'value' } })))
      const after = await client.update(`${path}/a`, named('a', { data: { key: 'value' } }))
      expect(resourceVersionOf(after)).toBe(resourceVersionOf(before))
    })

    test('one that changes nothing is not watched', async () => {
      const path = await freshConfigMaps(client)
      const before = accepted(await client.create(path, named('a')))
      const watch = await client.watch(path, { resourceVersion: resourceVersionOf(before) })
      accepted(await client.update(`${path}/a`, named('a')))
      accepted(await client.update(`${path}/a`, named('a', { data: { key: 'value' } })))
      const event = await watch.next()
      expect([event?.type, dataOf({ status: 200, headers: {}, body: event?.object })]).toEqual([
        'MODIFIED',
        { key: 'value' },
      ])
      watch.close()
    })

    test('with a resourceVersion that is not the newest: 409, and nothing changes', async () => {
      const path = await freshConfigMaps(client)
      const first = accepted(await client.create(path, named('a')))
      accepted(await client.update(`${path}/a`, named('a', { data: { by: 'another' } })))
      const stale = { metadata: { name: 'a', resourceVersion: resourceVersionOf(first) }, data: { by: 'me' } }
      const answer = await client.update(`${path}/a`, stale)
      expect(failure(answer)).toBe(conflict('configmaps "a"'))
      expect(answer.body).toMatchObject({ details: { name: 'a', kind: 'configmaps' }, code: 409 })
      expect(dataOf(await client.get(`${path}/a`))).toEqual({ by: 'another' })
    })

    test('with the newest resourceVersion: accepted', async () => {
      const path = await freshConfigMaps(client)
      const first = accepted(await client.create(path, named('a')))
      const metadata = { name: 'a', resourceVersion: resourceVersionOf(first) }
      expect((await client.update(`${path}/a`, { metadata, data: { by: 'me' } })).status).toBe(200)
    })

    test('with another uid: 409', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const answer = await client.update(`${path}/a`, { metadata: { name: 'a', uid: 'another' } })
      expect(failure(answer)).toContain('409 Conflict: Operation cannot be fulfilled on configmaps "a": ')
      expect(failure(answer)).toContain('Precondition failed: UID in precondition: another, UID in object meta: ')
    })

    test('a resourceVersion that is no number is refused', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const answer = await client.update(`${path}/a`, { metadata: { name: 'a', resourceVersion: 'junk' } })
      expect(answer.status).toBe(500)
    })

    test('a missing object: 404', async () => {
      const answer = await client.update(`${await freshConfigMaps(client)}/none`, named('none'))
      expect(failure(answer)).toBe('404 NotFound: configmaps "none" not found')
    })

    test('another name than in the path: 400', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      expect(failure(await client.update(`${path}/a`, named('b')))).toBe(
        '400 BadRequest: the name of the object (b) does not match the name on the URL (a)',
      )
    })

    test('no name: 400', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      expect(failure(await client.update(`${path}/a`, { metadata: {} }))).toBe(
        '400 BadRequest: the name of the object (a based on URL) was undeterminable: name must be provided',
      )
    })

    test('dryRun=All answers as if, and stores nothing', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const answer = await client.update(`${path}/a`, named('a', { data: { dry: 'run' } }), { dryRun: 'All' })
      expect(dataOf(answer)).toEqual({ dry: 'run' })
      expect(dataOf(await client.get(`${path}/a`))).toBeUndefined()
    })

    test('resourceVersions of different kinds come from one sequence', async () => {
      const namespace = await freshNamespace(client)
      const first = accepted(await client.create(`/api/v1/namespaces/${namespace}/configmaps`, named('a')))
      const second = accepted(await client.create(podsOf(namespace), pod('a')))
      const third = accepted(await client.create('/api/v1/namespaces', named(fresh('ns'))))
      const versions = [first, second, third].map((answer) => Number(resourceVersionOf(answer)))
      expect(versions).toEqual(versions.toSorted((left, right) => left - right))
      expect(new Set(versions).size).toBe(3)
    })
  })

  describe('generation', () => {
    test('a deployment counts changes of its spec, not of its metadata', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      expect(generationOf(await client.create(path, deployment('a')))).toBe(1)
      expect(generationOf(await client.mergePatch(`${path}/a`, { metadata: { labels: { x: 'y' } } }))).toBe(1)
      expect(generationOf(await client.mergePatch(`${path}/a`, { spec: { replicas: 2 } }))).toBe(2)
      expect(generationOf(await client.mergePatch(`${path}/a`, { spec: { replicas: 2 } }))).toBe(2)
    })

    test('a client cannot set it', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      accepted(await client.create(path, deployment('a')))
      expect(generationOf(await client.mergePatch(`${path}/a`, { metadata: { generation: 9 } }))).toBe(1)
    })

    test('nodes and config maps have none', async () => {
      const path = await freshConfigMaps(client)
      expect(generationOf(await client.create(path, named('a')))).toBeUndefined()
      expect(generationOf(await client.create('/api/v1/nodes', named(fresh('node'))))).toBeUndefined()
    })

    test('a pod has one', async () => {
      const namespace = await freshNamespace(client)
      expect(generationOf(await client.create(podsOf(namespace), pod('a')))).toBe(1)
    })
  })

  describe('what an update may not change', () => {
    test('the spec of a pod, but for a few fields', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a')))
      const answer = await client.mergePatch(`${path}/a`, { spec: { nodeName: 'elsewhere' } })
      expect(failure(answer)).toContain(
        '422 Invalid: Pod "a" is invalid: spec: Forbidden: pod updates may not change fields other than',
      )
      const image = { spec: { containers: [{ name: 'main', image: 'registry.test/main:2' }] } }
      expect((await client.mergePatch(`${path}/a`, image)).status).toBe(200)
    })

    test('the selector of a deployment', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      accepted(await client.create(path, deployment('a')))
      const labels = { app: 'b' }
      const answer = await client.mergePatch(`${path}/a`, {
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
      })
      expect(failure(answer)).toContain('422 Invalid: Deployment.apps "a" is invalid: spec.selector: Invalid value:')
      expect(failure(answer)).toContain('field is immutable')
    })

    test('the providerID of a node, once set', async () => {
      const name = fresh('node')
      accepted(await client.create('/api/v1/nodes', named(name, { spec: { providerID: 'test://1' } })))
      expect(failure(await client.mergePatch(`/api/v1/nodes/${name}`, { spec: { providerID: 'test://2' } }))).toBe(
        `422 Invalid: Node "${name}" is invalid: spec.providerID: Forbidden: ` +
          'node updates may not change providerID except from "" to valid',
      )
    })

    test('the type of a secret', async () => {
      const path = `/api/v1/namespaces/${await freshNamespace(client)}/secrets`
      const created = accepted(await client.create(path, named('a')))
      expect(at(created.body, 'type')).toBe('Opaque')
      expect(failure(await client.mergePatch(`${path}/a`, { type: 'other' }))).toContain(
        'type: Invalid value: "other": field is immutable',
      )
    })

    test('an immutable config map', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { immutable: true, data: { key: 'value' } })))
      const answer = await client.mergePatch(`${path}/a`, { data: { key: 'other' } })
      expect(failure(answer)).toContain('data: Forbidden: field is immutable when `immutable` is set')
      expect(specOf(await client.get(`${path}/a`))).toBeUndefined()
    })
  })
}
