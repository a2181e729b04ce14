import { describe, expect, test } from 'vitest'
import { accepted, failure, withoutManagedFields } from '../answers.ts'
import { freshConfigMaps, named } from '../objects.ts'
import type { Target } from '../target.ts'

const notAllowed = '405 MethodNotAllowed: the server does not allow this method on the requested resource'
const noSuchResource = '404 NotFound: the server could not find the requested resource'

/** What is unknown is refused, never guessed. */
export function refusalCases({ client }: Target): void {
  describe('refusals', () => {
    test('a missing object: 404 with name and resource', async () => {
      const answer = await client.get(`${await freshConfigMaps(client)}/none`)
      expect(failure(answer)).toBe('404 NotFound: configmaps "none" not found')
      expect(answer.body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'configmaps "none" not found',
        reason: 'NotFound',
        details: { name: 'none', kind: 'configmaps' },
        code: 404,
      })
    })

    test('a missing object of another group: 404 with the group', async () => {
      const answer = await client.get('/apis/coordination.k8s.io/v1/namespaces/default/leases/none')
      expect(failure(answer)).toBe('404 NotFound: leases.coordination.k8s.io "none" not found')
      expect(answer.body).toMatchObject({ details: { name: 'none', group: 'coordination.k8s.io', kind: 'leases' } })
    })

    test.each(['/nothing', '/apis/nothing.test/v1', '/apis/nothing.test/v1/things'])(
      'GET %s: a plain 404',
      async (path) => {
        const answer = await client.get(path)
        expect(answer.status).toBe(404)
        expect(failure(answer)).toBe('404 404 page not found')
      },
    )

    test.each([
      '/api/v1/things',
      '/api/v1/namespaces/default/things',
      '/apis/apps/v1/things',
      '/apis/apps/v9/deployments',
      '/api/v1/nodes/none/things',
    ])('GET %s: an unknown resource of a known group is a Status', async (path) => {
      const answer = await client.get(path)
      expect(failure(answer)).toBe(noSuchResource)
      expect(answer.body).toMatchObject({ kind: 'Status', details: {} })
    })

    test('a kind without status has no status subresource', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      expect(failure(await client.get(`${path}/a/status`))).toBe(noSuchResource)
    })

    test('PUT of a collection: 405', async () => {
      expect(failure(await client.update(await freshConfigMaps(client), {}))).toBe(notAllowed)
    })

    test('PATCH of a collection: 405', async () => {
      expect(failure(await client.mergePatch(await freshConfigMaps(client), {}))).toBe(notAllowed)
    })

    test('POST to an object: 405', async () => {
      expect(failure(await client.create(`${await freshConfigMaps(client)}/a`, {}))).toBe(notAllowed)
    })

    test('POST of a namespaced kind without its namespace: 405', async () => {
      expect(failure(await client.create('/api/v1/configmaps', named('a')))).toBe(notAllowed)
    })

    test('DELETE of all namespaces: 405', async () => {
      expect(failure(await client.remove('/api/v1/namespaces'))).toBe(notAllowed)
    })

    test('GET of an eviction: 405', async () => {
      expect(failure(await client.get('/api/v1/namespaces/default/pods/none/eviction'))).toBe(notAllowed)
    })

    test.each([
      ['broken', '{"metadata":'],
      ['empty', ''],
      ['a list', []],
      ['text', '"text"'],
    ])('a body that is %s: 400', async (_, body) => {
      const answer = await client.create(await freshConfigMaps(client), body)
      expect(failure(answer)).toMatch(/^400 BadRequest: /)
    })

    test('a body in an unknown format: 415 with the known ones', async () => {
      const headers = { 'content-type': 'text/plain' }
      const answer = await client.send({ method: 'POST', path: await freshConfigMaps(client), body: 'x', headers })
      expect(failure(answer)).toContain(
        '415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include: application/json',
      )
    })

    test('a patch that says nothing of its kind: 415', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const headers = { 'content-type': 'application/json' }
      const answer = await client.send({ method: 'PATCH', path: `${path}/a`, body: {}, headers })
      expect(failure(answer)).toBe('415 UnsupportedMediaType: 415: Unsupported Media Type')
    })

    test('a content type with parameters is understood', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const headers = { 'content-type': 'application/merge-patch+json; charset=utf-8' }
      expect((await client.send({ method: 'PATCH', path: `${path}/a`, body: {}, headers })).status).toBe(200)
    })

    test('an answer format that is unknown: 406', async () => {
      const headers = { accept: 'application/xml' }
      const answer = await client.send({ path: await freshConfigMaps(client), headers })
      expect(failure(answer)).toContain(
        '406 NotAcceptable: 406: Not Acceptable\n\nAvailable representations: application/json',
      )
    })

    test.each(['*/*', 'application/json;q=0.9', 'application/xml, application/json'])(
      'Accept %s gives JSON',
      async (accept) => {
        const path = await freshConfigMaps(client)
        const created = accepted(await client.create(path, named('a')))
        const answer = await client.send({ path: `${path}/a`, headers: { accept } })
        expect(answer.headers['content-type']).toContain('application/json')
        expect(withoutManagedFields(answer.body)).toEqual(withoutManagedFields(created.body))
      },
    )

    test('reading a namespace that does not exist is an empty list', async () => {
      const answer = await client.get('/api/v1/namespaces/nowhere/configmaps')
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', items: [] })
    })
  })
}
