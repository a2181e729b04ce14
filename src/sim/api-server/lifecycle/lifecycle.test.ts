import { describe, expect, test } from 'vitest'
import { at, type JsonObject, listAt, textAt } from '../../../kernel/json.ts'
import { instant } from '../../../kernel/time.ts'
import { ApiServer } from '../api-server.ts'
import { get, podOn, serverFixture, startOfTests, watched } from '../server.fixture.ts'
import { WorldClient } from '../world-client.ts'

const inDefault = (name: string) => ({ namespace: 'default', name })

const configMap = (name: string, metadata: JsonObject = {}): JsonObject => ({
  metadata: { namespace: 'default', name, ...metadata },
})

const ownedBy = (owner: JsonObject, blockOwnerDeletion = false): JsonObject => ({
  ownerReferences: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: textAt(owner, 'metadata', 'name') ?? '',
      uid: textAt(owner, 'metadata', 'uid') ?? '',
      blockOwnerDeletion,
    },
  ],
})

const names = (world: WorldClient): readonly string[] =>
  world.list('configmaps').map((object) => textAt(object, 'metadata', 'name') ?? '')

describe('owners and dependents', () => {
  test('what lost its last owner goes, down to the last generation', () => {
    const { world } = serverFixture()
    const root = world.create('configmaps', configMap('root'))
    const child = world.create('configmaps', configMap('child', ownedBy(root)))
    world.create('configmaps', configMap('grandchild', ownedBy(child)))
    world.create('configmaps', configMap('bystander'))
    world.delete('configmaps', inDefault('root'))
    expect(names(world)).toEqual(['bystander'])
  })

  test('what has another owner only forgets the one that went', () => {
    const { world } = serverFixture()
    const [first, second] = ['first', 'second'].map((name) => world.create('configmaps', configMap(name)))
    const owners = [first, second].flatMap((owner) => listAt(ownedBy(owner ?? {}), 'ownerReferences'))
    world.create('configmaps', {
      metadata: { namespace: 'default', name: 'child', ownerReferences: JSON.parse(JSON.stringify(owners)) },
    })
    world.delete('configmaps', inDefault('first'))
    expect(
      listAt(world.get('configmaps', inDefault('child')), 'metadata', 'ownerReferences').map((owner) =>
        textAt(owner, 'name'),
      ),
    ).toEqual(['second'])
  })

  test('orphaned ones stay', () => {
    const { world } = serverFixture()
    const root = world.create('configmaps', configMap('root'))
    world.create('configmaps', configMap('child', ownedBy(root)))
    world.delete('configmaps', inDefault('root'), { propagationPolicy: 'Orphan' })
    expect(names(world)).toEqual(['child'])
    expect(at(world.get('configmaps', inDefault('child')), 'metadata', 'ownerReferences')).toBeUndefined()
  })

  test('in the foreground the owner waits for those that block it', () => {
    const { world } = serverFixture()
    const root = world.create('configmaps', configMap('root'))
    world.create('configmaps', configMap('child', { ...ownedBy(root, true), finalizers: ['test/hold'] }))
    world.delete('configmaps', inDefault('root'), { propagationPolicy: 'Foreground' })
    expect(names(world)).toEqual(['child', 'root'])
    world.patch('configmaps', inDefault('child'), { metadata: { finalizers: null } })
    expect(names(world)).toEqual([])
  })

  test('without controllers a bare server leaves them alone', () => {
    const { world } = serverFixture({ controllers: false })
    const root = world.create('configmaps', configMap('root'))
    world.create('configmaps', configMap('child', ownedBy(root)))
    world.delete('configmaps', inDefault('root'))
    expect(names(world)).toEqual(['child'])
  })
})

describe('a namespace that is deleted', () => {
  test('takes its contents along, and is gone', () => {
    const { world } = serverFixture()
    world.create('namespaces', { metadata: { name: 'n' } })
    world.create('configmaps', { metadata: { namespace: 'n', name: 'a' } })
    world.delete('namespaces', { name: 'n' })
    expect([world.get('namespaces', { name: 'n' }), world.list('configmaps', { namespace: 'n' })]).toEqual([
      undefined,
      [],
    ])
  })

  test('waits for pods that still run, and takes nothing new', () => {
    const { world } = serverFixture()
    world.create('nodes', { metadata: { name: 'node' } })
    world.create('namespaces', { metadata: { name: 'n' } })
    world.create('pods', { ...podOn('node', 'a'), metadata: { namespace: 'n', name: 'a' } })
    world.delete('namespaces', { name: 'n' })
    expect(textAt(world.get('namespaces', { name: 'n' }), 'status', 'phase')).toBe('Terminating')
    expect(() => world.create('configmaps', { metadata: { namespace: 'n', name: 'b' } })).toThrow('403')
    world.delete('pods', { namespace: 'n', name: 'a' }, { gracePeriodSeconds: 0 })
    expect(world.get('namespaces', { name: 'n' })).toBeUndefined()
  })

  test('keeps its contents until its controller comes to them, and evicts none', () => {
    const waiting: (() => void)[] = []
    const server = new ApiServer({ now: () => instant(0), onNamespaceEnding: (empty) => void waiting.push(empty) })
    const world = new WorldClient(server)
    world.create('namespaces', { metadata: { name: 'n' } })
    world.create('pods', { ...podOn('node', 'a'), metadata: { namespace: 'n', name: 'a' } })
    world.delete('namespaces', { name: 'n' })
    expect(textAt(world.get('pods', { namespace: 'n', name: 'a' }), 'metadata', 'deletionTimestamp')).toBeUndefined()
    expect(listAt(world.evict({ namespace: 'n', name: 'a' }).body, 'details', 'causes')).toMatchObject([
      { reason: 'NamespaceTerminating' },
    ])
    for (const empty of waiting.splice(0)) empty()
    expect(textAt(world.get('pods', { namespace: 'n', name: 'a' }), 'metadata', 'deletionTimestamp')).toBeDefined()
  })
})

describe('a pod that is deleted', () => {
  test('stays for its grace period while a kubelet may still stop it', () => {
    const { world, clock } = serverFixture()
    world.create('pods', podOn('node', 'a'))
    world.delete('pods', inDefault('a'))
    expect(at(world.get('pods', inDefault('a')), 'metadata')).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    })
    clock.ms = startOfTests + 5_000
    world.delete('pods', inDefault('a'), { gracePeriodSeconds: 10 })
    expect(textAt(world.get('pods', inDefault('a')), 'metadata', 'deletionTimestamp')).toBe('2026-01-01T00:00:10Z')
    world.delete('pods', inDefault('a'), { gracePeriodSeconds: 60 })
    expect(at(world.get('pods', inDefault('a')), 'metadata', 'deletionGracePeriodSeconds')).toBe(10)
    world.delete('pods', inDefault('a'), { gracePeriodSeconds: 0 })
    expect(world.get('pods', inDefault('a'))).toBeUndefined()
  })

  test.each([
    ['was never scheduled', '', 'Pending'],
    ['has finished', 'node', 'Succeeded'],
  ])('goes at once if it %s', (_, node, phase) => {
    const { world } = serverFixture()
    world.create('pods', podOn(node, 'a'))
    world.patchStatus('pods', inDefault('a'), { status: { phase } })
    world.delete('pods', inDefault('a'))
    expect(world.get('pods', inDefault('a'))).toBeUndefined()
  })

  test('of another UID than asked for stays', () => {
    const { world } = serverFixture()
    world.create('pods', podOn('node', 'a'))
    expect(() => world.delete('pods', inDefault('a'), { uid: 'other' })).toThrow('409')
    expect(world.get('pods', inDefault('a'))).toBeDefined()
  })
})

describe('a custom resource definition', () => {
  const definition = (kind: string): JsonObject => ({
    metadata: { name: `${kind.toLowerCase()}s.example.test` },
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: `${kind.toLowerCase()}s`, kind },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { size: { type: 'integer', default: 3 } } },
                status: { type: 'object', properties: { ready: { type: 'boolean' } } },
              },
            },
          },
        },
      ],
    },
  })
  const crds = 'customresourcedefinitions.apiextensions.k8s.io'
  const widget: JsonObject = { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'a' }, spec: {} }

  test('is served as soon as it stands', () => {
    const { server, world } = serverFixture()
    expect(get(server, '/apis/example.test/v1/widgets').status).toBe(404)
    world.create(crds, definition('Widget'))
    expect(
      listAt(world.get(crds, { name: 'widgets.example.test' }), 'status', 'conditions').map((each) =>
        textAt(each, 'type'),
      ),
    ).toEqual(['NamesAccepted', 'Established'])
    expect(at(world.create('widgets.example.test', widget), 'spec', 'size')).toBe(3)
  })

  test('keeps spec and status apart, and counts changes of the spec alone', () => {
    const { world } = serverFixture()
    world.create(crds, definition('Widget'))
    world.create('widgets.example.test', { ...widget, status: { ready: true } })
    expect(world.get('widgets.example.test', { name: 'a' })).not.toHaveProperty('status')
    world.patchStatus('widgets.example.test', { name: 'a' }, { spec: { size: 9 }, status: { ready: true } })
    expect(world.get('widgets.example.test', { name: 'a' })).toMatchObject({
      metadata: { generation: 1 },
      spec: { size: 3 },
      status: { ready: true },
    })
    world.patch('widgets.example.test', { name: 'a' }, { spec: { size: 4 }, status: { ready: false } })
    expect(world.get('widgets.example.test', { name: 'a' })).toMatchObject({
      metadata: { generation: 2 },
      spec: { size: 4 },
      status: { ready: true },
    })
  })

  test('goes after its objects, and waits for those that are held', () => {
    const { server, world } = serverFixture()
    world.create(crds, definition('Widget'))
    world.create('widgets.example.test', { ...widget, metadata: { name: 'a', finalizers: ['test/hold'] } })
    const watch = watched(server, { path: '/apis/example.test/v1/widgets' })
    world.delete(crds, { name: 'widgets.example.test' })
    expect(world.get(crds, { name: 'widgets.example.test' })).toBeDefined()
    world.patch('widgets.example.test', { name: 'a' }, { metadata: { finalizers: null } })
    expect(watch.words()).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
    expect(world.get(crds, { name: 'widgets.example.test' })).toBeUndefined()
    expect(get(server, '/apis/example.test/v1/widgets').status).toBe(404)
  })
})
