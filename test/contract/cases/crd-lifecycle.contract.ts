import { describe, expect, test } from 'vitest'
import { at, listAt } from '../../../src/kernel/json.ts'
import { accepted, causesOf, failure, generationOf, namesOf, statusOf } from '../answers.ts'
import { createDefinition, definitionsPath, installed, widgetDefinition } from '../definitions.ts'
import type { Fields } from '../objects.ts'
import { untilSeen } from '../objects.ts'
import type { Target } from '../target.ts'

const size: Fields = { type: 'object', properties: { size: { type: 'integer' } } }

export function crdLifecycleCases({ client }: Target): void {
  describe.concurrent('custom resource definitions', () => {
    test('become Established, their names accepted', async () => {
      const { name } = await installed(client, widgetDefinition(size))
      expect(statusOf(await client.get(`${definitionsPath}/${name}`))).toMatchObject({
        acceptedNames: {
          plural: 'widgets',
          singular: 'widget',
          kind: 'Widget',
          listKind: 'WidgetList',
          shortNames: ['wd'],
        },
        storedVersions: ['v1'],
        conditions: [
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
          { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
        ],
      })
    })

    test('get listKind, singular and conversion by default', async () => {
      const definition = widgetDefinition(size)
      const names = { plural: 'widgets', kind: 'Widget' }
      const answer = await client.create(definitionsPath, {
        ...definition.body,
        spec: { ...(definition.body['spec'] as Fields), names },
      })
      expect(answer.body).toMatchObject({
        spec: { names: { listKind: 'WidgetList', singular: 'widget' }, conversion: { strategy: 'None' } },
      })
    })

    test('appear in discovery with verbs, short names and the status subresource', async () => {
      const { group } = await installed(client, widgetDefinition(size, { subresources: { status: {} } }))
      await untilSeen(async () => (await client.get(`/apis/${group}`)).status === 200)
      const resources = listAt((await client.get(`/apis/${group}/v1`)).body, 'resources')
      expect(resources).toContainEqual(
        expect.objectContaining({
          name: 'widgets',
          singularName: 'widget',
          namespaced: false,
          kind: 'Widget',
          shortNames: ['wd'],
        }),
      )
      expect(new Set(listAt(resources[0], 'verbs'))).toEqual(
        new Set(['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']),
      )
      expect(resources).toContainEqual(
        expect.objectContaining({ name: 'widgets/status', kind: 'Widget', verbs: ['get', 'patch', 'update'] }),
      )
      await untilSeen(async () =>
        listAt((await client.get('/apis')).body, 'groups').some((one) => at(one, 'name') === group),
      )
    })

    test('a kind that another CRD of the group has is not accepted, and not served', async () => {
      const first = await installed(client, widgetDefinition(size))
      const names = { plural: 'gadgets', singular: 'gadget', kind: 'Widget' }
      const spec = { ...(first.body['spec'] as Fields), names }
      const name = `gadgets.${first.group}`
      accepted(await client.create(definitionsPath, { ...first.body, metadata: { name }, spec }))
      const look = () => client.get(`${definitionsPath}/${name}`)
      await untilSeen(async () => listAt((await look()).body, 'status', 'conditions').length === 2)
      expect(statusOf(await look())).toMatchObject({
        conditions: [
          {
            type: 'NamesAccepted',
            status: 'False',
            reason: 'ListKindConflict',
            message: '"WidgetList" is already in use',
          },
          { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
        ],
      })
      expect((await client.get(`/apis/${first.group}/v1/gadgets`)).status).toBe(404)
    })

    test('deleted, they take their objects along', async () => {
      const { path, object, name } = await installed(client, widgetDefinition(size))
      for (const one of ['a', 'b']) accepted(await client.create(path, object(one, {})))
      const watch = await client.watch(path, { resourceVersion: 0 })
      expect(await watch.take(2)).toHaveLength(2)
      const answer = await client.remove(`${definitionsPath}/${name}`)
      expect(answer.status).toBe(200)
      expect((await watch.take(2)).toSorted()).toEqual(['DELETED a', 'DELETED b'])
      watch.close()
      await untilSeen(async () => (await client.get(`${definitionsPath}/${name}`)).status === 404)
      await untilSeen(async () => failure(await client.get(path)) === '404 404 page not found')
    })

    test('a changed schema holds for the next write, and the generation counts it', async () => {
      const { path, object, name } = await installed(client, widgetDefinition(size))
      expect((await client.create(path, object('a', { size: 100 }))).status).toBe(201)
      const maximum = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/maximum'
      const answer = await client.jsonPatch(`${definitionsPath}/${name}`, [{ op: 'add', path: maximum, value: 9 }])
      expect(generationOf(answer)).toBe(2)
      await untilSeen(
        async () => (await client.create(path, object('b', { size: 100 }), { dryRun: 'All' })).status === 422,
      )
    })

    test('a version that is not served: 404', async () => {
      const { group } = await installed(client, widgetDefinition(size))
      expect(failure(await client.get(`/apis/${group}/v2/widgets`))).toBe('404 404 page not found')
      expect(failure(await client.get(`/apis/${group}/v1/gadgets`))).toBe('404 404 page not found')
    })
  })

  describe.concurrent('custom resource definitions that are refused', () => {
    const refused = async (specSchema: Fields): Promise<string> =>
      failure(await createDefinition(client, widgetDefinition(specSchema)))

    test.each<[string, Fields, string]>([
      [
        'a property without type',
        { type: 'object', properties: { a: {} } },
        'properties[spec].properties[a].type: Required value: must not be empty for specified object fields',
      ],
      [
        'a list without items',
        { type: 'object', properties: { a: { type: 'array' } } },
        'properties[spec].properties[a].items: Required value: must be specified',
      ],
      [
        'an unknown type',
        { type: 'object', properties: { a: { type: 'text' } } },
        'properties[spec].properties[a].type: Unsupported value: "text"',
      ],
      [
        'a broken pattern',
        { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
        "must be a valid regular expression, but isn't",
      ],
      [
        'a default of the wrong type',
        { type: 'object', properties: { a: { type: 'integer', default: 'x' } } },
        'properties[a].default: Invalid value: "string"',
      ],
      [
        'properties beside additionalProperties',
        { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
        'additionalProperties and properties are mutual exclusive',
      ],
      [
        'a list-map without keys',
        {
          type: 'object',
          properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
        },
        'x-kubernetes-list-map-keys: Required value',
      ],
      [
        'uniqueItems',
        { type: 'object', properties: { a: { type: 'array', uniqueItems: true, items: { type: 'string' } } } },
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ],
    ])('%s: 422', async (_, specSchema, message) => {
      const answer = await refused(specSchema)
      expect(answer).toMatch(/^422 Invalid: CustomResourceDefinition\.apiextensions\.k8s\.io "widgets\./)
      expect(answer).toContain(message)
    })

    test.each<[string, string, string]>([
      ['an unknown field', 'self.b == 1', "compilation failed: ERROR: <input>:1:5: undefined field 'b'"],
      ['bad syntax', 'self.a ==', 'compilation failed: ERROR: <input>:1:'],
      ['a comparison of types that do not compare', 'self.a == 1', 'found no matching overload'],
      ['a rule that is no boolean', 'self.a', 'cel expression must evaluate to a bool'],
    ])('a CEL rule with %s: 422', async (_, rule, message) => {
      const specSchema = {
        type: 'object',
        properties: { a: { type: 'string', maxLength: 9 } },
        'x-kubernetes-validations': [{ rule }],
      }
      const answer = await refused(specSchema)
      expect(answer).toContain('properties[spec].x-kubernetes-validations[0].rule: Invalid value:')
      expect(answer).toContain(message)
    })

    test('no schema: 422', async () => {
      const answer = await createDefinition(client, widgetDefinition({}, { schema: undefined }))
      expect(failure(answer)).toContain('spec.versions[0].schema.openAPIV3Schema: Required value')
    })

    test('a name that is not plural.group: 422', async () => {
      const { body, group } = widgetDefinition(size)
      const answer = await client.create(definitionsPath, { ...body, metadata: { name: `others.${group}` } })
      expect(causesOf(answer)).toEqual(['FieldValueInvalid metadata.name'])
      expect(failure(answer)).toContain('must be spec.names.plural+"."+spec.group')
    })

    test('a scope that is none: 422', async () => {
      const { body } = widgetDefinition(size)
      const answer = await client.create(definitionsPath, {
        ...body,
        spec: { ...(body['spec'] as Fields), scope: 'Galaxy' },
      })
      expect(failure(answer)).toContain(
        'spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"',
      )
    })

    test('two storage versions: 422', async () => {
      const { body } = widgetDefinition(size)
      const version = { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }
      const spec = body['spec'] as Fields
      const answer = await client.create(definitionsPath, {
        ...body,
        spec: { ...spec, versions: [...listAt(spec, 'versions'), version] },
      })
      expect(failure(answer)).toContain('must have exactly one version marked as storage version')
    })
  })

  describe.concurrent('objects of a namespaced definition', () => {
    test('live in their namespace', async () => {
      const definition = widgetDefinition(size)
      const spec = { ...(definition.body['spec'] as Fields), scope: 'Namespaced' }
      const { group, object, path } = await installed(client, { ...definition, body: { ...definition.body, spec } })
      const collection = `/apis/${group}/v1/namespaces/default/widgets`
      expect((await client.create(collection, object('a', {}))).body).toMatchObject({
        metadata: { namespace: 'default' },
      })
      expect(namesOf(await client.get(path))).toEqual(['a'])
      expect((await client.create(path, object('b', {}))).status).toBe(404)
    })
  })
}
