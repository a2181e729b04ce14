import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../kernel/json.ts'
import { get, podOn, serverFixture, type Watched, watched } from './server.fixture.ts'

describe('the embedded API server', () => {
  test('gives the same answers to the same requests, and other UIDs under another seed', () => {
    const uidsUnder = (seed: number): readonly unknown[] => {
      const { world } = serverFixture({ seed })
      return [1, 2].map(() =>
        at(world.create('configmaps', { metadata: { generateName: 'a-', namespace: 'default' } }), 'metadata'),
      )
    }
    expect(uidsUnder(7)).toEqual(uidsUnder(7))
    expect(uidsUnder(7)).not.toEqual(uidsUnder(8))
    expect(new Set(uidsUnder(7).map((metadata) => textAt(metadata, 'uid'))).size).toBe(2)
    expect(textAt(uidsUnder(7)[0], 'uid')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })

  test('counts every write, and only writes', () => {
    const { server, world } = serverFixture()
    const before = server.resourceVersion
    world.create('nodes', { metadata: { name: 'a' } })
    world.patch('nodes', { name: 'a' }, { spec: { unschedulable: true } })
    world.patch('nodes', { name: 'a' }, { spec: { unschedulable: true } })
    world.get('nodes', { name: 'a' })
    expect(server.resourceVersion).toBe(before + 2)
  })

  test('shares what it stores, frozen', () => {
    const { server, world } = serverFixture()
    world.create('pods', podOn('n', 'a'))
    const first = get(server, '/api/v1/namespaces/default/pods/a').body
    expect(get(server, '/api/v1/namespaces/default/pods/a').body).toBe(first)
    expect(Object.isFrozen(at(first, 'spec', 'containers', 0))).toBe(true)
  })

  test('an object that is restored is served like any other, and shares its parts', () => {
    const { server, world } = serverFixture()
    const spec = Object.freeze({ unschedulable: true })
    for (const name of ['a', 'b']) server.restore('nodes', { metadata: { name, uid: name }, spec })
    expect(world.patch('nodes', { name: 'a' }, { metadata: { labels: { x: 'y' } } })['spec']).toBe(spec)
    expect(get(server, '/api/v1/nodes').body).toMatchObject({ items: [{ metadata: { name: 'a' } }, { spec }] })
  })

  test('keeps no hold of what it was sent', () => {
    const { world } = serverFixture()
    const schema = { type: 'object', description: 'before' }
    const names = { plural: 'widgets', kind: 'Widget' }
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }]
    const spec = { group: 'example.test', scope: 'Cluster', names, versions }
    const ref = { name: 'widgets.example.test' }
    world.create('customresourcedefinitions.apiextensions.k8s.io', { metadata: ref, spec })
    schema.description = 'after'
    const stored = world.get('customresourcedefinitions.apiextensions.k8s.io', ref)
    expect(at(stored, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'description')).toBe('before')
  })

  test('tells listeners of changes in order, also of those that a listener makes', () => {
    const { server, world } = serverFixture()
    const heard: string[] = []
    server.onChange(({ type, plural, object, request: { verb, user, subresource } }) => {
      heard.push([type, plural, textAt(object, 'metadata', 'name'), verb, user, subresource].join(' '))
      if (plural === 'nodes' && type === 'ADDED') world.create('pods', podOn('a', 'first'))
    })
    server.onChange(({ plural }) => heard.push(plural))
    world.create('nodes', { metadata: { name: 'a' } })
    expect(heard).toEqual([
      'ADDED nodes a create system:admin ',
      'nodes',
      'ADDED pods first create system:admin ',
      'pods',
    ])
  })

  test('stops telling a listener that took its leave', () => {
    const { server, world } = serverFixture()
    const heard: string[] = []
    const leave = server.onChange(({ plural }) => heard.push(plural))
    leave()
    world.create('nodes', { metadata: { name: 'a' } })
    expect(heard).toEqual([])
  })

  test('asks who may do what, and says no in the words of the real one', () => {
    const { server } = serverFixture({ authorize: (user) => ({ allowed: user === 'anna' }) })
    const answer = server.handle({ method: 'PATCH', path: '/api/v1/nodes/a/status', user: 'bob' })
    expect([answer.status, textAt(answer.body, 'message')]).toEqual([
      403,
      'nodes "a" is forbidden: User "bob" cannot patch resource "nodes/status" in API group "" at the cluster scope',
    ])
    expect(server.handle({ method: 'GET', path: '/api/v1/nodes', user: 'anna' }).status).toBe(200)
    expect(server.handle({ method: 'GET', path: '/version', user: 'bob' }).status).toBe(403)
  })
})

describe('watches of the embedded API server', () => {
  test('tell what is, then what happens, in the order of the writes', () => {
    const { server, world } = serverFixture()
    world.create('pods', podOn('n', 'a'))
    const watch = watched(server, { path: '/api/v1/pods' })
    world.create('pods', podOn('n', 'b'))
    world.patchStatus('pods', { namespace: 'default', name: 'a' }, { status: { phase: 'Running' } })
    world.delete('pods', { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
    expect(watch.words()).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'MODIFIED a', 'DELETED a'])
  })

  test('tell a write once that was made, but not yet told, when they were opened', () => {
    const { server, world } = serverFixture()
    const opened: Watched[] = []
    server.onChange(({ type, plural }) => {
      if (plural !== 'nodes' || type !== 'ADDED') return
      world.create('pods', podOn('a', 'early'))
      opened.push(watched(server, { path: '/api/v1/pods' }))
    })
    world.create('nodes', { metadata: { name: 'a' } })
    world.create('pods', podOn('a', 'late'))
    expect(opened[0]?.words()).toEqual(['ADDED early', 'ADDED late'])
  })

  test('see an object that leaves the selection as deleted, with what it was', () => {
    const { server, world } = serverFixture()
    world.create('nodes', { metadata: { name: 'a', labels: { zone: 'x' } } })
    const watch = watched(server, { path: '/api/v1/nodes', query: { labelSelector: 'zone=x' } })
    world.patch('nodes', { name: 'a' }, { metadata: { labels: { zone: 'y' } } })
    world.patch('nodes', { name: 'a' }, { metadata: { labels: { zone: 'x' } } })
    expect(watch.words()).toEqual(['ADDED a', 'DELETED a', 'ADDED a'])
    expect(textAt(watch.events[1]?.object, 'metadata', 'labels', 'zone')).toBe('x')
  })

  test('that come too late are told so in the stream, and are over', () => {
    const { server, world } = serverFixture({ historyMax: 2 })
    const since = String(server.resourceVersion)
    for (const name of ['a', 'b', 'c', 'd', 'e']) world.create('nodes', { metadata: { name } })
    const watch = watched(server, { path: '/api/v1/nodes', query: { resourceVersion: since } })
    expect(watch.words()).toEqual(['ERROR'])
    expect(at(watch.events[0]?.object, 'code')).toBe(410)
    expect(watch.state.ended).toBe(true)
  })

  test('that were opened before a compaction go on', () => {
    const { server, world } = serverFixture()
    const watch = watched(server, { path: '/api/v1/nodes' })
    server.compact()
    world.create('nodes', { metadata: { name: 'a' } })
    expect(watch.words()).toEqual(['ADDED a'])
  })

  test('get a bookmark only if they allow it', () => {
    const { server } = serverFixture()
    const [plain, marked] = ['false', 'true'].map((allowWatchBookmarks) =>
      watched(server, {
        path: '/api/v1/pods',
        query: { allowWatchBookmarks, resourceVersion: String(server.resourceVersion) },
      }),
    )
    server.bookmark()
    expect([plain?.words(), marked?.words()]).toEqual([[], ['BOOKMARK']])
    expect(textAt(marked?.events[0]?.object, 'metadata', 'resourceVersion')).toBe(String(server.resourceVersion))
  })

  test('that were stopped hear nothing more; those that were closed hear their end', () => {
    const { server, world } = serverFixture()
    const [stopped, closed] = [watched(server, { path: '/api/v1/nodes' }), watched(server, { path: '/api/v1/nodes' })]
    if ('stop' in stopped.handle) stopped.handle.stop()
    if ('close' in closed.handle) closed.handle.close()
    world.create('nodes', { metadata: { name: 'a' } })
    expect([stopped.events, stopped.state.ended]).toEqual([[], false])
    expect([closed.events, closed.state.ended]).toEqual([[], true])
  })

  test('of custom objects end when their definition changes, and only then', () => {
    const { server, world } = serverFixture()
    const crds = 'customresourcedefinitions.apiextensions.k8s.io'
    const ref = { name: 'widgets.example.test' }
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }
    const spec = {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [version],
    }
    world.create(crds, { metadata: ref, spec })
    const watch = watched(server, { path: '/apis/example.test/v1/widgets' })
    world.patch(crds, ref, { metadata: { labels: { a: 'b' } } })
    expect(watch.state.ended).toBe(false)
    world.patch(crds, ref, { spec: { names: { shortNames: ['w'] } } })
    expect(watch.state.ended).toBe(true)
  })

  test('of nothing that is served are refused', () => {
    const { server } = serverFixture()
    expect(watched(server, { path: '/api/v1/nodez' }).handle).toMatchObject({ status: 404 })
    expect(watched(server, { path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' }).handle).toMatchObject({
      status: 405,
    })
  })
})

describe('a paged list', () => {
  test('of the cache, resourceVersion 0, comes in one piece', () => {
    const { server, world } = serverFixture()
    for (const name of ['a', 'b', 'c']) world.create('nodes', { metadata: { name } })
    expect(at(get(server, '/api/v1/nodes', { limit: '2', resourceVersion: '0' }).body, 'items')).toHaveLength(3)
    expect(at(get(server, '/api/v1/nodes', { limit: '2' }).body, 'items')).toHaveLength(2)
  })

  test('by name knows that nothing follows', () => {
    const { server, world } = serverFixture()
    for (const name of ['a', 'b']) world.create('nodes', { metadata: { name } })
    const { body } = get(server, '/api/v1/nodes', { limit: '1', fieldSelector: 'metadata.name=a' })
    expect([at(body, 'items', 0, 'metadata', 'name'), at(body, 'metadata', 'continue')]).toEqual(['a', undefined])
  })

  test('goes on in the world as it was when it began', () => {
    const { server, world } = serverFixture()
    for (const name of ['a', 'b', 'c']) world.create('nodes', { metadata: { name } })
    const first = get(server, '/api/v1/nodes', { limit: '2' })
    world.create('nodes', { metadata: { name: 'bb' } })
    world.delete('nodes', { name: 'c' })
    const token = textAt(first.body, 'metadata', 'continue') ?? ''
    const rest = get(server, '/api/v1/nodes', { limit: '2', continue: token })
    expect(at(rest.body, 'items', 0, 'metadata', 'name')).toBe('c')
    expect(at(rest.body, 'items', 1)).toBeUndefined()
    expect(textAt(rest.body, 'metadata', 'resourceVersion')).toBe(textAt(first.body, 'metadata', 'resourceVersion'))
  })
})
