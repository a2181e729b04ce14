import { describe, expect, test } from 'vitest'
import { at } from '../../../src/kernel/json.ts'
import { accepted } from '../answers.ts'
import { installed, widgetDefinition } from '../definitions.ts'
import {
  budgetsOf,
  configMapsOf,
  fresh,
  freshNamespace,
  freshNode,
  leasesOf,
  named,
  nodesPath,
  pod,
  podsOf,
  runningPod,
} from '../objects.ts'
import type { Target } from '../target.ts'
import type { Kubectl } from './kubectl.ts'

/** Cells of a printed table, one list per line. */
const cells = (text: string): readonly (readonly string[])[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/))

export function kubectlReadCases({ client }: Target, kubectl: Kubectl): void {
  const printed = async (...words: readonly string[]): Promise<string> => {
    const { code, out, err } = await kubectl.run(words)
    expect([words.join(' '), code, err]).toEqual([words.join(' '), 0, ''])
    return out
  }

  describe.concurrent('kubectl get', () => {
    test('nodes, plain and wide', async () => {
      const name = await freshNode(client, {
        metadata: { labels: { run: fresh('run') } },
        spec: { unschedulable: true },
      })
      accepted(
        await client.mergePatch(`${nodesPath}/${name}/status`, {
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        }),
      )
      const [header, row] = cells(await printed('get', 'node', name))
      expect(header).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'])
      expect(row?.slice(0, 3)).toEqual([name, 'Ready,SchedulingDisabled', '<none>'])
      expect(cells(await printed('get', 'node', name, '-o', 'wide'))[0]?.slice(5)).toEqual([
        'INTERNAL-IP',
        'EXTERNAL-IP',
        'OS-IMAGE',
        'KERNEL-VERSION',
        'CONTAINER-RUNTIME',
      ])
    })

    test('pods of one node, over all namespaces', async () => {
      const [namespace, nodeName] = [await freshNamespace(client), fresh('node')]
      await runningPod(client, podsOf(namespace), pod('a', { spec: { nodeName } }))
      const [header, row] = cells(await printed('get', 'pods', '-A', '--field-selector', `spec.nodeName=${nodeName}`))
      expect(header).toEqual(['NAMESPACE', 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'])
      expect(row?.slice(0, 4)).toEqual([namespace, 'a', '0/1', 'Running'])
    })

    test('by short name and by label', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), { metadata: { name: 'a', labels: { app: 'x' } } }))
      accepted(await client.create(configMapsOf(namespace), named('b')))
      expect(await printed('get', 'cm', '-n', namespace, '-l', 'app=x', '-o', 'name')).toBe('configmap/a\n')
    })

    test('as JSON, as YAML, by jsonpath and in columns', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), named('a', { data: { key: 'value' } })))
      const get = (format: string) => printed('get', 'configmap', 'a', '-n', namespace, '-o', format)
      expect(at(JSON.parse(await get('json')), 'data')).toEqual({ key: 'value' })
      expect(await get('yaml')).toContain('apiVersion: v1\ndata:\n  key: value\nkind: ConfigMap\n')
      expect(await get('jsonpath={.data.key}')).toBe('value')
      expect(await get('custom-columns=NAME:.metadata.name,KEY:.data.key')).toBe('NAME   KEY\na      value\n')
    })

    test('several kinds at once', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), named('a')))
      accepted(await client.create(leasesOf(namespace), named('b')))
      expect(await printed('get', 'configmaps,leases', '-n', namespace, '-o', 'name')).toBe(
        'configmap/a\nlease.coordination.k8s.io/b\n',
      )
    })

    test('nothing found is no error; a missing name is', async () => {
      const namespace = await freshNamespace(client)
      expect(await kubectl.run(['get', 'pods', '-n', namespace])).toEqual({
        code: 0,
        out: '',
        err: `No resources found in ${namespace} namespace.\n`,
      })
      expect(await kubectl.run(['get', 'pod', 'none', '-n', namespace])).toEqual({
        code: 1,
        out: '',
        err: 'Error from server (NotFound): pods "none" not found\n',
      })
    })

    test('an unknown kind: refused by discovery', async () => {
      const { code, err } = await kubectl.run(['get', 'things'])
      expect([code, err]).toEqual([1, 'error: the server doesn\'t have a resource type "things"\n'])
    })

    test('custom objects by their printer columns and short name', async () => {
      const schema = { type: 'object', properties: { size: { type: 'integer' } } }
      const columns = [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }]
      const { path, object, group } = await installed(
        client,
        widgetDefinition(schema, { additionalPrinterColumns: columns }),
      )
      accepted(await client.create(path, object('a', { size: 3 })))
      expect(cells(await printed('get', `widgets.v1.${group}`))).toEqual([
        ['NAME', 'SIZE'],
        ['a', '3'],
      ])
    })

    test('watching: rows as they come', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(configMapsOf(namespace), named('a')))
      const watching = kubectl.run([
        'get',
        'configmaps',
        '-n',
        namespace,
        '--watch',
        '--request-timeout=3s',
        '--no-headers',
        '-o',
        'name',
      ])
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      accepted(await client.create(configMapsOf(namespace), named('b')))
      expect((await watching).out).toBe('configmap/a\nconfigmap/b\n')
    })
  })

  describe.concurrent('kubectl describe', () => {
    test('a node with its taints, pods and events', async () => {
      const taints = [{ key: 'a', value: 'b', effect: 'NoSchedule' }]
      const capacity = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '10Gi' }
      const [name, namespace] = [
        await freshNode(client, { spec: { taints, unschedulable: true } }),
        await freshNamespace(client),
      ]
      accepted(await client.mergePatch(`${nodesPath}/${name}/status`, { status: { capacity, allocatable: capacity } }))
      await runningPod(client, podsOf(namespace), pod('web', { spec: { nodeName: name } }))
      const { uid } = JSON.parse(await printed('get', 'node', name, '-o', 'jsonpath={.metadata}')) as {
        readonly uid: string
      }
      accepted(
        await client.create('/api/v1/namespaces/default/events', {
          metadata: { name: fresh('event'), namespace: 'default' },
          involvedObject: { kind: 'Node', name, uid },
          reason: 'KernelDeadlock',
          message: 'task blocked',
          type: 'Warning',
          lastTimestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
          source: { component: 'kernel-monitor' },
        }),
      )
      const out = await printed('describe', 'node', name)
      expect(out).toMatch(new RegExp(`^Name: +${name}\n`))
      expect(out).toMatch(/\nTaints: +a=b:NoSchedule\n/)
      expect(out).toMatch(/\nUnschedulable: +true\n/)
      expect(out).toMatch(/\nNon-terminated Pods: +\(1 in total\)\n/)
      expect(out).toMatch(new RegExp(`\n  ${namespace} +web +0 \\(0%\\)`))
      expect(out).toMatch(/\n {2}Warning {2}KernelDeadlock {2}.* {2}kernel-monitor {2}task blocked\n/)
    })

    test('a pod and a budget', async () => {
      const namespace = await freshNamespace(client)
      accepted(await client.create(podsOf(namespace), pod('a')))
      accepted(
        await client.create(
          budgetsOf(namespace),
          named('b', { spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } } }),
        ),
      )
      expect(await printed('describe', 'pod', 'a', '-n', namespace)).toMatch(
        /\nStatus: +Pending\n[^]*\n {4}Image: +registry\.test\/main:1\n/,
      )
      expect(await printed('describe', 'pdb', 'b', '-n', namespace)).toMatch(/\nMin available: +1\nSelector: +app=x\n/)
    })

    test('a custom object', async () => {
      const { path, object, group } = await installed(
        client,
        widgetDefinition({ type: 'object', properties: { size: { type: 'integer' } } }),
      )
      accepted(await client.create(path, object('a', { size: 3 })))
      expect(await printed('describe', `widgets.v1.${group}`, 'a')).toMatch(/^Name: +a\n[^]*\nSpec:\n {2}Size: +3\n/)
    })
  })

  describe.concurrent('kubectl about the server', () => {
    test('version', async () => {
      expect(await printed('version')).toMatch(/\nServer Version: v1\.36\.\d+/)
    })

    test('api-resources of a group', async () => {
      const [, row] = cells(await printed('api-resources', '--api-group=policy'))
      expect(row).toEqual(['poddisruptionbudgets', 'pdb', 'policy/v1', 'true', 'PodDisruptionBudget'])
    })

    test('auth can-i and whoami', async () => {
      expect(await printed('auth', 'can-i', 'create', 'pods', '--subresource=eviction')).toBe('yes\n')
      expect(await printed('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.groups}')).toContain(
        'system:authenticated',
      )
    })

    test('get --raw', async () => {
      expect(await printed('get', '--raw', '/readyz')).toBe('ok')
    })
  })
}
