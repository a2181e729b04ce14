import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted, dataOf, specOf } from '../answers.ts'
import { installed, widgetDefinition } from '../definitions.ts'
import {
  configMapsOf,
  type Fields,
  fresh,
  freshNamespace,
  freshNode,
  named,
  nodesPath,
  pod,
  podsOf,
} from '../objects.ts'
import type { Target } from '../target.ts'
import type { Kubectl, Outcome } from './kubectl.ts'

const said = (out: string): Outcome => ({ code: 0, out: `${out}\n`, err: '' })

export function kubectlWriteCases({ client }: Target, kubectl: Kubectl): void {
  describe.concurrent('kubectl create, apply, delete', () => {
    const configMap = (namespace: string, data: Fields): Fields => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace },
      data,
    })

    test('create from a file, twice', async () => {
      const namespace = await freshNamespace(client)
      const create = () => kubectl.run(['create', '-f', '-'], configMap(namespace, { key: 'value' }))
      expect(await create()).toEqual(said('configmap/a created'))
      expect(await create()).toEqual({
        code: 1,
        out: '',
        err: 'Error from server (AlreadyExists): error when creating "STDIN": configmaps "a" already exists\n',
      })
    })

    test('create namespace, config map and deployment by flags', async () => {
      const name = fresh('ns')
      expect(await kubectl.run(['create', 'namespace', name])).toEqual(said(`namespace/${name} created`))
      expect(await kubectl.run(['create', 'configmap', 'a', '-n', name, '--from-literal=key=value'])).toEqual(
        said('configmap/a created'),
      )
      expect(await kubectl.run(['create', 'deployment', 'a', '-n', name, '--image=x'])).toEqual(
        said('deployment.apps/a created'),
      )
    })

    test('apply: created, unchanged, configured, and what the file dropped is gone', async () => {
      const namespace = await freshNamespace(client)
      const apply = (data: Fields) => kubectl.run(['apply', '-f', '-'], configMap(namespace, data))
      expect(await apply({ one: '1', two: '2' })).toEqual(said('configmap/a created'))
      expect(await apply({ one: '1', two: '2' })).toEqual(said('configmap/a unchanged'))
      accepted(await client.mergePatch(`${configMapsOf(namespace)}/a`, { data: { foreign: 'kept' } }))
      expect(await apply({ one: '1', three: '3' })).toEqual(said('configmap/a configured'))
      expect(dataOf(await client.get(`${configMapsOf(namespace)}/a`))).toEqual({
        foreign: 'kept',
        one: '1',
        three: '3',
      })
    })

    test('apply of a deployment merges containers by name', async () => {
      const namespace = await freshNamespace(client)
      const labels = { app: 'a' }
      const deployment = (image: string): Fields => ({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a', namespace },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
        },
      })
      expect(await kubectl.run(['apply', '-f', '-'], deployment('x:1'))).toEqual(said('deployment.apps/a created'))
      expect(await kubectl.run(['apply', '-f', '-'], deployment('x:2'))).toEqual(said('deployment.apps/a configured'))
    })

    test('apply of a custom object merges by its own means', async () => {
      const { object } = await installed(
        client,
        widgetDefinition({ type: 'object', properties: { size: { type: 'integer' }, on: { type: 'boolean' } } }),
      )
      const apply = (spec: Fields) => kubectl.run(['apply', '-f', '-'], object('a', spec))
      expect((await apply({ size: 1, on: true })).out).toMatch(/ created\n$/)
      expect((await apply({ size: 2 })).out).toMatch(/ configured\n$/)
      expect((await apply({ size: 2 })).out).toMatch(/ unchanged\n$/)
    })

    test('a definition refuses by its schema, before and behind the server', async () => {
      const definition = widgetDefinition({ type: 'object', properties: { size: { type: 'integer', maximum: 9 } } })
      const { object } = await installed(client, definition)
      const { code, err } = await kubectl.run(['create', '--validate=false', '-f', '-'], object('a', { size: 10 }))
      expect([code, err]).toEqual([1, expect.stringContaining('spec.size in body should be less than or equal to 9')])
    })

    test('what the kind does not know is refused', async () => {
      const namespace = await freshNamespace(client)
      const { code, err } = await kubectl.run(['create', '-f', '-'], { ...configMap(namespace, {}), dta: {} })
      expect([code, err]).toEqual([1, expect.stringContaining('strict decoding error: unknown field "dta"')])
    })

    test('delete says so and waits, a missing object is an error', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), named('a')))
      const remove = (...words: readonly string[]) =>
        kubectl.run(['delete', 'configmap', 'a', '-n', namespace, ...words])
      expect(await remove()).toEqual(said(`configmap "a" deleted from ${namespace} namespace`))
      expect(await remove()).toEqual({
        code: 1,
        out: '',
        err: 'Error from server (NotFound): configmaps "a" not found\n',
      })
      expect(await remove('--ignore-not-found')).toEqual({ code: 0, out: '', err: '' })
    })

    test('delete by label, and all of a kind', async () => {
      const namespace = await freshNamespace(client)
      for (const [name, app] of Object.entries({ a: 'x', b: 'x', c: 'y' })) {
        accepted(await client.create(configMapsOf(namespace), { metadata: { name, labels: { app } } }))
      }
      expect((await kubectl.run(['delete', 'configmaps', '-n', namespace, '-l', 'app=x', '-o', 'name'])).out).toBe(
        'configmap/a\nconfigmap/b\n',
      )
      expect((await kubectl.run(['delete', 'configmaps', '-n', namespace, '--all', '-o', 'name'])).out).toBe(
        'configmap/c\n',
      )
    })

    test('delete of a pod by force', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('a', { spec: { nodeName: fresh('node') } })))
      const namespace = path.split('/')[4] ?? ''
      const { code, out } = await kubectl.run(['delete', 'pod', 'a', '-n', namespace, '--force', '--grace-period=0'])
      expect([code, out]).toEqual([0, `pod "a" force deleted from ${namespace} namespace\n`])
      expect((await client.get(`${path}/a`)).status).toBe(404)
    })
  })

  describe.concurrent('kubectl patch, label, annotate, taint, scale', () => {
    test.each([
      ['strategic', '{"data":{"new":"2"}}'],
      ['merge', '{"data":{"new":"2"}}'],
      ['json', '[{"op":"add","path":"/data/new","value":"2"}]'],
    ])('patch --type=%s', async (type, patch) => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), named('a', { data: { old: '1' } })))
      expect(await kubectl.run(['patch', 'configmap', 'a', '-n', namespace, '--type', type, '-p', patch])).toEqual(
        said('configmap/a patched'),
      )
      expect(dataOf(await client.get(`${configMapsOf(namespace)}/a`))).toEqual({ old: '1', new: '2' })
      expect(await kubectl.run(['patch', 'configmap', 'a', '-n', namespace, '--type', 'merge', '-p', '{}'])).toEqual(
        said('configmap/a patched (no change)'),
      )
    })

    test('patch --subresource=status', async () => {
      const name = await freshNode(client)
      const patch = '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}'
      expect(await kubectl.run(['patch', 'node', name, '--subresource=status', '-p', patch])).toEqual(
        said(`node/${name} patched`),
      )
      expect(at((await client.get(`${nodesPath}/${name}`)).body, 'status', 'conditions', 0, 'status')).toBe('True')
    })

    test('label, annotate and take both back', async () => {
      const name = await freshNode(client)
      expect(await kubectl.run(['label', 'node', name, 'x=y'])).toEqual(said(`node/${name} labeled`))
      expect(await kubectl.run(['annotate', 'node', name, 'a.b/c=d'])).toEqual(said(`node/${name} annotated`))
      expect((await client.get(`${nodesPath}/${name}`)).body).toMatchObject({
        metadata: { labels: { x: 'y' }, annotations: { 'a.b/c': 'd' } },
      })
      expect(await kubectl.run(['label', 'node', name, 'x-'])).toEqual(said(`node/${name} unlabeled`))
    })

    test('taint and untaint', async () => {
      const name = await freshNode(client)
      expect(await kubectl.run(['taint', 'node', name, 'a=b:NoSchedule'])).toEqual(said(`node/${name} tainted`))
      expect(specOf(await client.get(`${nodesPath}/${name}`))).toEqual({
        taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }],
      })
      expect(await kubectl.run(['taint', 'node', name, 'a-'])).toEqual(said(`node/${name} untainted`))
    })

    test('scale', async () => {
      const namespace = await freshNamespace(client)
      await kubectl.run(['create', 'deployment', 'a', '-n', namespace, '--image=x'])
      expect(await kubectl.run(['scale', 'deployment', 'a', '-n', namespace, '--replicas=3'])).toEqual(
        said('deployment.apps/a scaled'),
      )
      expect(specOf(await client.get(`/apis/apps/v1/namespaces/${namespace}/deployments/a`))).toMatchObject({
        replicas: 3,
      })
    })
  })
}
