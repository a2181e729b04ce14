import { describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, dataOf, failure, resourceVersionOf, specOf } from '../answers.ts'
import { freshConfigMaps, freshNode, named, nodesPath } from '../objects.ts'
import type { Target } from '../target.ts'

export function mergePatchCases({ client }: Target): void {
  const configMap = async (data: Record<string, string>): Promise<string> => {
    const path = await freshConfigMaps(client)
    accepted(await client.create(path, named('a', { data })))
    return `${path}/a`
  }

  describe('merge patch', () => {
    test('adds and changes members, null removes them', async () => {
      const path = await configMap({ keep: '1', change: '1', drop: '1' })
      const answer = await client.mergePatch(path, { data: { change: '2', drop: null, add: '1', absent: null } })
      expect(dataOf(answer)).toEqual({ keep: '1', change: '2', add: '1' })
    })

    test('replaces lists as a whole', async () => {
      const name = await freshNode(client, { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })
      const answer = await client.mergePatch(`${nodesPath}/${name}`, {
        spec: { taints: [{ key: 'b', effect: 'NoSchedule' }] },
      })
      expect(specOf(answer)).toEqual({ taints: [{ key: 'b', effect: 'NoSchedule' }] })
    })

    test('cordons: one member, and the rest stays', async () => {
      const name = await freshNode(client, { spec: { podCIDR: '10.9.0.0/24' } })
      const cordoned = await client.mergePatch(`${nodesPath}/${name}`, { spec: { unschedulable: true } })
      expect(specOf(cordoned)).toMatchObject({ podCIDR: '10.9.0.0/24', unschedulable: true })
      const uncordoned = await client.mergePatch(`${nodesPath}/${name}`, { spec: { unschedulable: null } })
      expect(specOf(uncordoned)).not.toHaveProperty('unschedulable')
    })

    test('false is dropped where the kind omits it', async () => {
      const name = await freshNode(client, { spec: { unschedulable: true } })
      const answer = await client.mergePatch(`${nodesPath}/${name}`, { spec: { unschedulable: false } })
      expect(specOf(answer)).not.toHaveProperty('unschedulable')
    })

    test('one that changes nothing keeps the resourceVersion', async () => {
      const path = await configMap({ key: 'value' })
      const before = await client.get(path)
      expect(resourceVersionOf(await client.mergePatch(path, { data: { key: 'value' } }))).toBe(
        resourceVersionOf(before),
      )
      expect(resourceVersionOf(await client.mergePatch(path, {}))).toBe(resourceVersionOf(before))
    })

    test('with a stale resourceVersion: 409, and nothing changes', async () => {
      const path = await configMap({ key: '1' })
      const stale = resourceVersionOf(await client.get(path))
      accepted(await client.mergePatch(path, { data: { key: '2' } }))
      const answer = await client.mergePatch(path, { metadata: { resourceVersion: stale }, data: { key: '3' } })
      expect(failure(answer)).toBe(
        '409 Conflict: Operation cannot be fulfilled on configmaps "a": the object has been modified; ' +
          'please apply your changes to the latest version and try again',
      )
      expect(dataOf(await client.get(path))).toEqual({ key: '2' })
    })

    test('with a stale resourceVersion and no change at all: 409 too', async () => {
      const path = await configMap({ key: '1' })
      const stale = resourceVersionOf(await client.get(path))
      accepted(await client.mergePatch(path, { data: { key: '2' } }))
      expect((await client.mergePatch(path, { metadata: { resourceVersion: stale }, data: { key: '2' } })).status).toBe(
        409,
      )
    })

    test('with the newest resourceVersion: accepted', async () => {
      const path = await configMap({ key: '1' })
      const newest = resourceVersionOf(await client.get(path))
      const answer = await client.mergePatch(path, { metadata: { resourceVersion: newest }, data: { key: '2' } })
      expect(dataOf(answer)).toEqual({ key: '2' })
    })

    test('without a resourceVersion: the last writer wins', async () => {
      const path = await configMap({})
      const answers = await Promise.all([1, 2, 3, 4].map((n) => client.mergePatch(path, { data: { [`k${n}`]: 'x' } })))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect(Object.keys(dataOf(await client.get(path)) ?? {})).toEqual(['k1', 'k2', 'k3', 'k4'])
    })

    test('of two writers with the same resourceVersion one gets 409', async () => {
      const path = await configMap({})
      const resourceVersion = resourceVersionOf(await client.get(path))
      const write = (by: string) => client.mergePatch(path, { metadata: { resourceVersion }, data: { by } })
      const answers = await Promise.all(['a', 'b', 'c'].map(write))
      expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 409, 409])
    })

    test('of another uid: 422, the field is immutable', async () => {
      const path = await configMap({})
      expect(failure(await client.mergePatch(path, { metadata: { uid: 'another' }, data: { key: 'x' } }))).toBe(
        '422 Invalid: ConfigMap "a" is invalid: metadata.uid: Invalid value: "another": field is immutable',
      )
    })

    test('of another name: 400', async () => {
      expect(failure(await client.mergePatch(await configMap({}), { metadata: { name: 'b' } }))).toBe(
        '400 BadRequest: the name of the object (b) does not match the name on the URL (a)',
      )
    })

    test('of another namespace: 400', async () => {
      expect(failure(await client.mergePatch(await configMap({}), { metadata: { namespace: 'b' } }))).toBe(
        '400 BadRequest: the namespace of the provided object does not match the namespace sent on the request',
      )
    })

    test('removing all labels removes the member', async () => {
      const path = await configMap({})
      accepted(await client.mergePatch(path, { metadata: { labels: { x: 'y' } } }))
      const answer = await client.mergePatch(path, { metadata: { labels: { x: null } } })
      expect(at(answer.body, 'metadata', 'labels')).toBeUndefined()
    })

    test('creationTimestamp cannot be removed', async () => {
      const path = await configMap({})
      const before = await client.get(path)
      const answer = await client.mergePatch(path, { metadata: { creationTimestamp: null } })
      expect(textAt(answer.body, 'metadata', 'creationTimestamp')).toBe(
        textAt(before.body, 'metadata', 'creationTimestamp'),
      )
    })

    test('of a missing object: 404', async () => {
      const answer = await client.mergePatch(`${await freshConfigMaps(client)}/none`, { data: { key: 'value' } })
      expect(failure(answer)).toBe('404 NotFound: configmaps "none" not found')
    })

    test('a value of the wrong type: 422 of the patch', async () => {
      const answer = await client.mergePatch(await configMap({}), { data: { key: 1 } })
      expect(failure(answer)).toMatch(/^422 Invalid: {2}"" is invalid: patch: Invalid value: /)
      expect(failure(answer)).toMatch(
        /json: cannot unmarshal number into Go struct field ConfigMap.data of type string$/,
      )
    })

    test.each([
      ['a list', [1]],
      ['broken JSON', '{"data":'],
    ])('%s as a patch: 400', async (_, body) => {
      expect(failure(await client.mergePatch(await configMap({}), body))).toMatch(
        /^400 BadRequest: error decoding patch: /,
      )
    })

    test('what the kind does not know is dropped with a warning, refused when strict', async () => {
      const path = await configMap({})
      const lenient = await client.mergePatch(path, { dta: {} })
      expect([lenient.status, lenient.headers['warning']]).toEqual([200, '299 - "unknown field \\"dta\\""'])
      const strict = await client.mergePatch(path, { dta: {} }, { fieldValidation: 'Strict' })
      expect(failure(strict)).toMatch(/^422 Invalid: .*strict decoding error: unknown field "dta"$/s)
    })

    test('dryRun=All answers as if, and stores nothing', async () => {
      const path = await configMap({ key: '1' })
      const answer = await client.mergePatch(path, { data: { key: '2' } }, { dryRun: 'All' })
      expect(dataOf(answer)).toEqual({ key: '2' })
      expect(dataOf(await client.get(path))).toEqual({ key: '1' })
    })

    test('server-side apply: 415 or a true answer, never a merge', async () => {
      const path = await configMap({ key: '1' })
      const headers = { 'content-type': 'application/apply-patch+yaml' }
      const body = { apiVersion: 'v1', kind: 'ConfigMap', data: { other: '2' } }
      const answer = await client.send({ method: 'PATCH', path, query: { fieldManager: 'contract' }, body, headers })
      expect([200, 415]).toContain(answer.status)
    })
  })
}
