import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, failure, type Table, tableOf } from '../answers.ts'
import type { Answer, Query } from '../client.ts'
import {
  budgetsOf,
  fresh,
  freshConfigMaps,
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

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

/** What `kubectl get` shows: the server makes the cells, kubectl only pads them. */
export function tableCases({ client }: Target): void {
  const get = (path: string, query: Query = {}): Promise<Answer> =>
    client.send({ path, query, headers: { accept: asTable } })
  const table = async (path: string): Promise<Table> => tableOf(accepted(await get(path)))

  describe('tables', () => {
    test('of one object and of a list', async () => {
      const path = await freshConfigMaps(client)
      for (const name of ['a', 'b']) accepted(await client.create(path, named(name, { data: { one: '1', two: '2' } })))
      expect(await table(path)).toEqual({
        columns: ['Name', 'Data', 'Age'],
        wideColumns: [],
        cells: [
          ['a', 2, expect.stringMatching(/^\d+s$/)],
          ['b', 2, expect.stringMatching(/^\d+s$/)],
        ],
      })
      expect((await table(`${path}/a`)).cells).toHaveLength(1)
    })

    test('say their kind, and carry the metadata of each object', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { key: 'value' } })))
      const answer = await get(path)
      expect(answer.body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' })
      expect(at(answer.body, 'rows', 0, 'object')).toMatchObject({
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'a' },
      })
    })

    test.each([
      ['Object', expect.objectContaining({ kind: 'ConfigMap', apiVersion: 'v1', data: { key: 'value' } })],
      ['None', null],
    ])('includeObject=%s', async (includeObject, expected) => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { key: 'value' } })))
      const object = at((await get(path, { includeObject })).body, 'rows', 0, 'object')
      expect(object ?? null).toEqual(expected)
    })

    test('an unknown includeObject: 400', async () => {
      const answer = await get(await freshConfigMaps(client), { includeObject: 'All' })
      expect(failure(answer)).toContain(
        '400 BadRequest: Unable to convert to Table as requested: includeObject: Invalid value: "All": must be',
      )
    })

    test('an unknown version of tables alone: 406', async () => {
      const headers = { accept: 'application/json;as=Table;v=v9;g=meta.k8s.io' }
      expect((await client.send({ path: await freshConfigMaps(client), headers })).status).toBe(406)
    })

    test('are paged like lists', async () => {
      const path = await freshConfigMaps(client)
      for (const name of ['a', 'b', 'c']) accepted(await client.create(path, named(name)))
      const first = await get(path, { limit: 2 })
      expect(tableOf(first).cells.map(([name]) => name)).toEqual(['a', 'b'])
      const rest = await get(path, { limit: 2, continue: textAt(first.body, 'metadata', 'continue') ?? '' })
      expect(tableOf(rest).cells.map(([name]) => name)).toEqual(['c'])
    })

    test('errors are a Status all the same', async () => {
      expect(failure(await get(`${await freshConfigMaps(client)}/none`))).toBe(
        '404 NotFound: configmaps "none" not found',
      )
    })

    test('nodes: ready, cordoned, with roles and version', async () => {
      const name = await freshNode(client, {
        metadata: { labels: { 'node-role.kubernetes.io/worker': '' } },
        spec: { unschedulable: true },
      })
      const status = { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.4' } }
      accepted(await client.mergePatch(`${nodesPath}/${name}/status`, { status }))
      const { columns, wideColumns, cells } = await table(`${nodesPath}/${name}`)
      expect(columns).toEqual(['Name', 'Status', 'Roles', 'Age', 'Version'])
      expect(wideColumns).toEqual(['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'])
      expect(cells).toEqual([
        [
          name,
          'Ready,SchedulingDisabled',
          'worker',
          expect.stringMatching(/^\d+s$/),
          'v1.36.4',
          '<none>',
          '<none>',
          '<unknown>',
          '<unknown>',
          '<unknown>',
        ],
      ])
    })

    test.each([
      ['False', 'NotReady'],
      ['Unknown', 'NotReady'],
      [undefined, 'Unknown'],
    ])('a node whose Ready is %s is %s', async (ready, shown) => {
      const path = `${nodesPath}/${await freshNode(client)}`
      if (ready !== undefined)
        accepted(
          await client.mergePatch(`${path}/status`, { status: { conditions: [{ type: 'Ready', status: ready }] } }),
        )
      expect((await table(path)).cells[0]?.slice(1, 3)).toEqual([shown, '<none>'])
    })

    test('pods: pending, running, terminating', async () => {
      const path = podsOf(await freshNamespace(client))
      accepted(await client.create(path, pod('pending')))
      await runningPod(client, path, pod('running', { spec: { nodeName: fresh('node') } }))
      await runningPod(client, path, pod('terminating', { spec: { nodeName: fresh('node') } }))
      accepted(await client.remove(`${path}/terminating`))
      const { columns, wideColumns, cells } = await table(path)
      expect(columns).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age'])
      expect(wideColumns).toEqual(['IP', 'Node', 'Nominated Node', 'Readiness Gates'])
      expect(cells.map((row) => row.slice(0, 4))).toEqual([
        ['pending', '0/1', 'Pending', '0'],
        ['running', '0/1', 'Running', '0'],
        ['terminating', '0/1', 'Terminating', '0'],
      ])
    })

    test('budgets', async () => {
      const path = budgetsOf(await freshNamespace(client))
      accepted(await client.create(path, named('a', { spec: { minAvailable: '50%', selector: {} } })))
      accepted(await client.mergePatch(`${path}/a/status`, { status: { disruptionsAllowed: 2 } }))
      const { columns, cells } = await table(path)
      expect(columns).toEqual(['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions', 'Age'])
      expect(cells[0]?.slice(0, 4)).toEqual(['a', '50%', 'N/A', 2])
    })

    test('leases', async () => {
      const path = leasesOf(await freshNamespace(client))
      accepted(await client.create(path, named('a', { spec: { holderIdentity: 'me' } })))
      const { columns, cells } = await table(path)
      expect([columns, cells[0]?.slice(0, 2)]).toEqual([
        ['Name', 'Holder', 'Age'],
        ['a', 'me'],
      ])
    })

    test('namespaces', async () => {
      const { columns, cells } = await table(`/api/v1/namespaces/${await freshNamespace(client)}`)
      expect([columns, cells[0]?.[1]]).toEqual([['Name', 'Status', 'Age'], 'Active'])
    })

    test('events: newest sight, type, reason, object, message', async () => {
      const name = fresh('event')
      const event = {
        metadata: { name, namespace: 'default' },
        involvedObject: { kind: 'Node', name: 'node-1' },
        message: 'hello\n',
        reason: 'Because',
        type: 'Warning',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
      }
      accepted(await client.create('/api/v1/namespaces/default/events', event))
      const { columns, cells } = await table(`/api/v1/namespaces/default/events/${name}`)
      expect(columns).toEqual(['Last Seen', 'Type', 'Reason', 'Object', 'Message'])
      expect([...(cells[0]?.slice(1, 4) ?? []), cells[0]?.[6]]).toEqual(['Warning', 'Because', 'node/node-1', 'hello'])
    })

    test('deployments', async () => {
      const path = `/apis/apps/v1/namespaces/${await freshNamespace(client)}/deployments`
      const labels = { app: 'a' }
      const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'x:1' }] } }
      accepted(
        await client.create(path, named('a', { spec: { replicas: 3, selector: { matchLabels: labels }, template } })),
      )
      const { columns, wideColumns, cells } = await table(path)
      expect([columns, wideColumns]).toEqual([
        ['Name', 'Ready', 'Up-to-date', 'Available', 'Age'],
        ['Containers', 'Images', 'Selector'],
      ])
      expect(cells[0]).toEqual(['a', '0/3', 0, 0, expect.stringMatching(/^\d+s$/), 'main', 'x:1', 'app=a'])
    })

    test('a watch sends rows, columns only with the first', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const watch = await client.watch(path, { resourceVersion: 0 }, { accept: asTable })
      const first = await watch.next()
      accepted(await client.create(path, named('b')))
      const second = await watch.next()
      expect([first?.type, textAt(first?.object, 'kind'), at(first?.object, 'rows', 0, 'cells', 0)]).toEqual([
        'ADDED',
        'Table',
        'a',
      ])
      expect(at(first?.object, 'columnDefinitions', 0, 'name')).toBe('Name')
      expect([at(second?.object, 'rows', 0, 'cells', 0), at(second?.object, 'columnDefinitions') ?? null]).toEqual([
        'b',
        null,
      ])
      watch.close()
    })
  })

  describe('metadata alone', () => {
    test('of one object', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a', { data: { key: 'value' } })))
      const headers = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }
      const answer = await client.send({ path: `${path}/a`, headers })
      expect(answer.body).toMatchObject({
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'a' },
      })
      expect(answer.body).not.toHaveProperty('data')
    })

    test('of a list', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const headers = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' }
      expect((await client.send({ path, headers })).body).toMatchObject({
        kind: 'PartialObjectMetadataList',
        items: [{ metadata: { name: 'a' } }],
      })
    })
  })
}
