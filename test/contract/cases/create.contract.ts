import { describe, expect, test } from 'vitest'
import { textAt } from '../../../src/kernel/json.ts'
import { accepted, causesOf, dataOf, failure, resourceVersionOf, uidOf } from '../answers.ts'
import { fresh, freshConfigMaps, freshNamespace, named } from '../objects.ts'
import type { Target } from '../target.ts'

const nameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

export function createCases({ client }: Target): void {
  describe('create', () => {
    test('answers 201 with the object as stored, apiVersion and kind filled in', async () => {
      const path = await freshConfigMaps(client)
      const answer = await client.create(path, { metadata: { name: 'a' }, data: { key: 'value' } })
      expect(answer.status).toBe(201)
      expect(answer.body).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'value' } })
      expect((await client.get(`${path}/a`)).body).toEqual(answer.body)
    })

    test('sets namespace, uid, resourceVersion and creationTimestamp itself', async () => {
      const path = await freshConfigMaps(client)
      const wish = { name: 'a', uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z' }
      const answer = await client.create(path, { metadata: wish })
      expect(uidOf(answer)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(resourceVersionOf(answer)).toMatch(/^[1-9][0-9]*$/)
      expect(textAt(answer.body, 'metadata', 'creationTimestamp')).toMatch(/^20[2-9][0-9]-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect(path).toContain(`/${textAt(answer.body, 'metadata', 'namespace')}/`)
    })

    test('drops a deletionTimestamp that the client made up', async () => {
      const path = await freshConfigMaps(client)
      const metadata = { name: 'a', deletionTimestamp: '2001-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 }
      const answer = await client.create(path, { metadata })
      expect(textAt(answer.body, 'metadata', 'deletionTimestamp')).toBeUndefined()
    })

    test('a second object of the same name: 409 AlreadyExists', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      const answer = await client.create(path, named('a'))
      expect(failure(answer)).toBe('409 AlreadyExists: configmaps "a" already exists')
      expect(answer.body).toMatchObject({ details: { name: 'a', kind: 'configmaps' }, code: 409, status: 'Failure' })
    })

    test('the same name in another namespace is another object', async () => {
      accepted(await client.create(await freshConfigMaps(client), named('a')))
      expect((await client.create(await freshConfigMaps(client), named('a'))).status).toBe(201)
    })

    test('generateName appends five characters, differently each time', async () => {
      const path = await freshConfigMaps(client)
      const create = async (): Promise<string> =>
        textAt((await client.create(path, { metadata: { generateName: 'run-' } })).body, 'metadata', 'name') ?? ''
      const [first, second] = [await create(), await create()]
      expect(first).toMatch(/^run-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
      expect(second).toMatch(/^run-.{5}$/)
      expect(second).not.toBe(first)
    })

    test('neither name nor generateName: 422 with the field', async () => {
      const answer = await client.create(await freshConfigMaps(client), { metadata: {} })
      expect(failure(answer)).toBe(
        '422 Invalid: ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
      )
      expect(causesOf(answer)).toEqual(['FieldValueRequired metadata.name'])
    })

    test('a name that is no DNS subdomain: 422 with the rule', async () => {
      const answer = await client.create(await freshConfigMaps(client), named('A_b'))
      expect(failure(answer)).toBe(
        `422 Invalid: ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b": ${nameRule}`,
      )
      expect(answer.body).toMatchObject({ details: { name: 'A_b', kind: 'ConfigMap' } })
    })

    test('a namespace is named by a DNS label', async () => {
      const answer = await client.create('/api/v1/namespaces', named('a.b'))
      expect(failure(answer)).toContain('422 Invalid: Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b"')
      expect(causesOf(answer)).toEqual(['FieldValueInvalid metadata.name'])
    })

    test('a namespace is born Active and labelled with its name', async () => {
      const name = await freshNamespace(client)
      expect((await client.get(`/api/v1/namespaces/${name}`)).body).toMatchObject({
        metadata: { labels: { 'kubernetes.io/metadata.name': name } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      })
    })

    test('a namespace that does not exist: 404 that names the namespace', async () => {
      const answer = await client.create('/api/v1/namespaces/nowhere/configmaps', named('a'))
      expect(failure(answer)).toBe('404 NotFound: namespaces "nowhere" not found')
    })

    test('another namespace in the body than in the path: 400', async () => {
      const answer = await client.create(await freshConfigMaps(client), { metadata: { name: 'a', namespace: 'other' } })
      expect(failure(answer)).toBe(
        '400 BadRequest: the namespace of the provided object does not match the namespace sent on the request',
      )
    })

    test('another kind in the body than in the path: 400', async () => {
      const answer = await client.create(await freshConfigMaps(client), {
        apiVersion: 'v1',
        kind: 'Secret',
        ...named('a'),
      })
      expect(failure(answer)).toContain('400 BadRequest: Secret in version "v1" cannot be handled as a ConfigMap')
    })

    test('an unknown version in the body: 400', async () => {
      const answer = await client.create(await freshConfigMaps(client), {
        apiVersion: 'v2',
        kind: 'ConfigMap',
        ...named('a'),
      })
      expect(failure(answer)).toContain('400 BadRequest: ConfigMap in version "v2" cannot be handled as a ConfigMap')
    })

    test('a resourceVersion in the body is refused', async () => {
      const answer = await client.create(await freshConfigMaps(client), {
        metadata: { name: 'a', resourceVersion: '5' },
      })
      expect(failure(answer)).toBe('500 -: resourceVersion should not be set on objects to be created')
    })

    test('dryRun=All answers as if, and stores nothing', async () => {
      const path = await freshConfigMaps(client)
      const answer = await client.create(path, named('a'), { dryRun: 'All' })
      expect(answer.status).toBe(201)
      expect(uidOf(answer)).not.toBe('')
      expect(resourceVersionOf(answer)).toBe('')
      expect((await client.get(`${path}/a`)).status).toBe(404)
    })

    test('dryRun meets the same refusals', async () => {
      const path = await freshConfigMaps(client)
      accepted(await client.create(path, named('a')))
      expect((await client.create(path, named('a'), { dryRun: 'All' })).status).toBe(409)
    })

    test('any other dryRun: 422 with the allowed value', async () => {
      const answer = await client.create(await freshConfigMaps(client), named('a'), { dryRun: 'Some' })
      expect(failure(answer)).toContain(
        '422 Invalid: CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value:',
      )
      expect(causesOf(answer)).toEqual(['FieldValueNotSupported dryRun'])
    })

    test('a value of the wrong type: 400', async () => {
      const answer = await client.create(await freshConfigMaps(client), named('a', { data: { key: 1 } }))
      expect(failure(answer)).toBe(
        '400 BadRequest: ConfigMap in version "v1" cannot be handled as a ConfigMap: ' +
          'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
      )
    })

    test('labels and their values are checked', async () => {
      const path = await freshConfigMaps(client)
      const withLabels = (labels: Record<string, string>) =>
        client.create(path, { metadata: { name: fresh('a'), labels } })
      expect(causesOf(await withLabels({ key: 'not a value' }))).toContain('FieldValueInvalid metadata.labels')
      expect(causesOf(await withLabels({ 'a/b/c': 'x' }))).toContain('FieldValueInvalid metadata.labels')
      expect((await withLabels({ 'prunella.dev/ok': 'A.b_c-1', empty: '' })).status).toBe(201)
    })

    test('annotation keys are checked, their values are free', async () => {
      const path = await freshConfigMaps(client)
      const refused = await client.create(path, { metadata: { name: 'a', annotations: { 'a/b/c': 'x' } } })
      expect(failure(refused)).toContain(
        '422 Invalid: ConfigMap "a" is invalid: metadata.annotations: Invalid value: "a/b/c"',
      )
      const value = 'anything: {"at": ["all"]}\n'
      expect((await client.create(path, { metadata: { name: 'b', annotations: { 'a.b/c': value } } })).status).toBe(201)
    })

    test('finalizers need a domain', async () => {
      const answer = await client.create(await freshConfigMaps(client), {
        metadata: { name: 'a', finalizers: ['plain'] },
      })
      expect(failure(answer)).toContain(
        'metadata.finalizers[0]: Invalid value: "plain": name is neither a standard finalizer name nor is it fully qualified',
      )
    })

    test('a config map key that is none: 422 with the key in the field', async () => {
      const answer = await client.create(await freshConfigMaps(client), named('a', { data: { 'a/b': 'x' } }))
      expect(causesOf(answer)).toEqual(['FieldValueInvalid data[a/b]'])
    })

    test('what the kind does not know is dropped with a warning', async () => {
      const path = await freshConfigMaps(client)
      const answer = await client.create(path, named('a', { data: { key: 'value' }, dta: {} }))
      expect(answer.status).toBe(201)
      expect(answer.headers['warning']).toBe('299 - "unknown field \\"dta\\""')
      expect(answer.body).not.toHaveProperty('dta')
      expect(dataOf(answer)).toEqual({ key: 'value' })
    })

    test('fieldValidation=Strict refuses what the kind does not know', async () => {
      const answer = await client.create(await freshConfigMaps(client), named('a', { dta: {} }), {
        fieldValidation: 'Strict',
      })
      expect(failure(answer)).toBe(
        '400 BadRequest: ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
      )
    })

    test('fieldValidation=Ignore says nothing', async () => {
      const answer = await client.create(await freshConfigMaps(client), named('a', { dta: {} }), {
        fieldValidation: 'Ignore',
      })
      expect(answer.status).toBe(201)
      expect(answer.headers['warning']).toBeUndefined()
    })
  })
}
