import { beforeAll, describe, expect, test } from 'vitest'
import { at, textAt } from '../../../src/kernel/json.ts'
import { accepted, failure, generationOf, namesOf, resourceVersionOf, specOf, statusOf, tableOf } from '../answers.ts'
import { type Definition, installed, widgetDefinition } from '../definitions.ts'
import { type Fields, fresh } from '../objects.ts'
import type { Target } from '../target.ts'

const specSchema: Fields = {
  type: 'object',
  properties: {
    size: { type: 'integer', default: 1 },
    color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
    nested: {
      type: 'object',
      default: {},
      properties: { depth: { type: 'integer', default: 5 }, note: { type: 'string', nullable: true } },
    },
    plain: { type: 'object', properties: { depth: { type: 'integer', default: 7 } } },
    list: {
      type: 'array',
      items: { type: 'object', properties: { on: { type: 'boolean', default: true }, name: { type: 'string' } } },
    },
    map: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { on: { type: 'boolean', default: true } } },
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    amount: { 'x-kubernetes-int-or-string': true },
  },
}

const version: Fields = {
  subresources: { status: {} },
  selectableFields: [{ jsonPath: '.spec.color' }],
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'how big it is' },
    { name: 'Ready', type: 'boolean', jsonPath: '.status.ready' },
    { name: 'Color', type: 'string', priority: 1, jsonPath: '.spec.color' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
}

export function crdObjectCases({ client }: Target): void {
  describe('custom objects', () => {
    let widgets: Definition
    beforeAll(async () => {
      widgets = await installed(client, widgetDefinition(specSchema, version))
    })
    const create = (spec: unknown, fields: Fields = {}) =>
      client.create(widgets.path, widgets.object(fresh('widget'), spec, fields))
    const createdPath = async (spec: unknown = {}): Promise<string> =>
      `${widgets.path}/${textAt(accepted(await create(spec)).body, 'metadata', 'name') ?? ''}`

    test('get their defaults, in nested objects too', async () => {
      expect(specOf(await create({}))).toEqual({ size: 1, color: 'red', nested: { depth: 5 } })
    })

    test('defaults apply inside what is there, never create what has no default', async () => {
      const answer = await create({ plain: {}, list: [{ name: 'a' }], map: { x: {} } })
      expect(specOf(answer)).toMatchObject({
        plain: { depth: 7 },
        list: [{ name: 'a', on: true }],
        map: { x: { on: true } },
      })
    })

    test('null becomes the default, unless null is allowed', async () => {
      expect(specOf(await create({ size: null, nested: { depth: null, note: null } }))).toMatchObject({
        size: 1,
        nested: { depth: 5, note: null },
      })
    })

    test('without a spec nothing is defaulted', async () => {
      expect(specOf(await create(undefined))).toBeUndefined()
    })

    test('what the schema does not know is pruned with a warning', async () => {
      const answer = await create({ typo: 1, nested: { typo: 2 } }, { other: 3 })
      expect(answer.status).toBe(201)
      expect(answer.body).not.toHaveProperty('other')
      expect(specOf(answer)).toEqual({ size: 1, color: 'red', nested: { depth: 5 } })
      expect(answer.headers['warning']).toContain('unknown field \\"spec.typo\\"')
    })

    test('strict validation refuses what the schema does not know: 400', async () => {
      const answer = await client.create(widgets.path, widgets.object(fresh('widget'), { typo: 1 }), {
        fieldValidation: 'Strict',
      })
      expect(failure(answer)).toBe(
        '400 BadRequest: Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.typo"',
      )
    })

    test('x-kubernetes-preserve-unknown-fields keeps what it does not know', async () => {
      const free = { any: { thing: [1, 'two', { three: null }] } }
      expect(specOf(await create({ free }))).toMatchObject({ free })
    })

    test('int-or-string takes both, and nothing else', async () => {
      expect(specOf(await create({ amount: 3 }))).toMatchObject({ amount: 3 })
      expect(specOf(await create({ amount: '30%' }))).toMatchObject({ amount: '30%' })
      expect(failure(await create({ amount: true }))).toContain(
        'spec.amount: Invalid value: "boolean": spec.amount in body must be of type integer,string: "boolean"',
      )
    })

    test('have kind and apiVersion in lists, unlike built-in kinds', async () => {
      accepted(await create({}))
      const answer = await client.get(widgets.path)
      expect(answer.body).toMatchObject({ kind: 'WidgetList', apiVersion: `${widgets.group}/v1` })
      expect(at(answer.body, 'items', 0)).toMatchObject({ kind: 'Widget', apiVersion: `${widgets.group}/v1` })
    })

    test('errors name resource and group', async () => {
      expect(failure(await client.get(`${widgets.path}/none`))).toBe(
        `404 NotFound: widgets.${widgets.group} "none" not found`,
      )
    })

    test('a body without kind: 400', async () => {
      expect(failure(await client.create(widgets.path, { metadata: { name: 'x' } }))).toMatch(
        /^400 BadRequest: the object provided is unrecognized \(must be of type Widget\): Object 'Kind' is missing/,
      )
    })

    test('a body of another version: 400', async () => {
      const answer = await client.create(widgets.path, {
        ...widgets.object('x', {}),
        apiVersion: `${widgets.group}/v2`,
      })
      expect(failure(answer)).toBe(
        `400 BadRequest: the API version in the data (${widgets.group}/v2) does not match the expected API version (${widgets.group}/v1)`,
      )
    })

    test('a body of another kind: 422', async () => {
      expect(failure(await client.create(widgets.path, { ...widgets.object('x', {}), kind: 'Gadget' }))).toContain(
        'kind: Invalid value: "Gadget": must be Widget',
      )
    })

    test('an update needs a resourceVersion: 422', async () => {
      const path = await createdPath()
      const name = path.split('/').at(-1) ?? ''
      const answer = await client.update(path, widgets.object(name, {}))
      expect(failure(answer)).toBe(
        `422 Invalid: widgets.${widgets.group} "${name}" is invalid: ` +
          'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      )
    })

    test('generation counts changes of the spec, not of status and metadata', async () => {
      const path = await createdPath()
      expect(generationOf(await client.mergePatch(path, { spec: { size: 2 } }))).toBe(2)
      expect(generationOf(await client.mergePatch(path, { metadata: { labels: { x: 'y' } } }))).toBe(2)
      expect(generationOf(await client.mergePatch(`${path}/status`, { status: { ready: true } }))).toBe(2)
    })

    test('status and spec are written apart', async () => {
      const path = await createdPath()
      const bySpec = await client.mergePatch(path, { spec: { size: 2 }, status: { ready: true } })
      expect([specOf(bySpec), statusOf(bySpec)]).toEqual([expect.objectContaining({ size: 2 }), undefined])
      const byStatus = await client.mergePatch(`${path}/status`, {
        metadata: { labels: { x: 'y' } },
        spec: { size: 3 },
        status: { ready: true },
      })
      expect([specOf(byStatus), statusOf(byStatus)]).toEqual([expect.objectContaining({ size: 2 }), { ready: true }])
      expect(at(byStatus.body, 'metadata', 'labels')).toBeUndefined()
    })

    test('a status of a new object is dropped', async () => {
      expect(statusOf(await create({}, { status: { ready: true } }))).toBeUndefined()
    })

    test('the status is validated too', async () => {
      expect(failure(await client.mergePatch(`${await createdPath()}/status`, { status: { count: 'x' } }))).toContain(
        'status.count: Invalid value: "string"',
      )
    })

    test('a merge patch that changes nothing keeps the resourceVersion', async () => {
      const path = await createdPath()
      const before = await client.get(path)
      expect(resourceVersionOf(await client.mergePatch(path, { spec: { size: 1 } }))).toBe(resourceVersionOf(before))
    })

    test('a merge patch with a stale resourceVersion: 409 with resource and group', async () => {
      const path = await createdPath()
      const stale = resourceVersionOf(await client.get(path))
      accepted(await client.mergePatch(path, { spec: { size: 2 } }))
      expect(
        failure(await client.mergePatch(path, { metadata: { resourceVersion: stale }, spec: { size: 3 } })),
      ).toContain(
        `409 Conflict: Operation cannot be fulfilled on widgets.${widgets.group} "${path.split('/').at(-1)}": the object has been modified`,
      )
    })

    test('a JSON patch works, a strategic one is refused: 415', async () => {
      const path = await createdPath()
      expect(specOf(await client.jsonPatch(path, [{ op: 'replace', path: '/spec/size', value: 4 }]))).toMatchObject({
        size: 4,
      })
      expect(failure(await client.strategicPatch(path, { spec: { size: 5 } }))).toBe(
        '415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include: ' +
          'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      )
    })

    test('selectable fields select, others are refused: 400', async () => {
      const labels = { run: fresh('run') }
      for (const color of ['red', 'blue'])
        accepted(
          await client.create(
            widgets.path,
            widgets.object(fresh(color), { color }, { metadata: { name: fresh(color), labels } }),
          ),
        )
      const select = (fieldSelector: string) =>
        client.get(widgets.path, { fieldSelector, labelSelector: `run=${labels.run}` })
      expect(namesOf(await select('spec.color=blue'))).toEqual([expect.stringMatching(/^blue-/)])
      expect(namesOf(await select('spec.color!=blue'))).toEqual([expect.stringMatching(/^red-/)])
      expect(failure(await select('spec.size=1'))).toBe('400 BadRequest: field label not supported: spec.size')
    })

    test('a watch moves objects in and out of a selectable field', async () => {
      const path = await createdPath()
      const resourceVersion = resourceVersionOf(await client.get(path))
      const watch = await client.watch(widgets.path, { resourceVersion, fieldSelector: 'spec.color=blue' })
      for (const color of ['blue', 'red']) accepted(await client.mergePatch(path, { spec: { color } }))
      expect((await watch.take(2)).map((line) => line.split(' ')[0])).toEqual(['ADDED', 'DELETED'])
      watch.close()
    })

    test('printer columns make the table', async () => {
      const path = await createdPath({ size: 3 })
      accepted(await client.mergePatch(`${path}/status`, { status: { ready: true } }))
      const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
      const answer = await client.send({ path, headers })
      expect(tableOf(answer)).toEqual({
        columns: ['Name', 'Size', 'Ready', 'Age'],
        wideColumns: ['Color'],
        cells: [[path.split('/').at(-1), 3, true, 'red', expect.stringMatching(/^\d+s$/)]],
      })
      expect(at(answer.body, 'columnDefinitions', 1)).toMatchObject({ description: 'how big it is', type: 'integer' })
      expect(at(answer.body, 'columnDefinitions', 2)).toMatchObject({
        description: 'Custom resource definition column (in JSONPath format): .status.ready',
      })
    })

    test('an empty cell is null', async () => {
      const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
      expect(tableOf(await client.send({ path: await createdPath(), headers })).cells[0]?.[2]).toBeNull()
    })

    test('finalizers hold them like any object', async () => {
      const path = await createdPath()
      accepted(await client.mergePatch(path, { metadata: { finalizers: ['prunella.dev/run'] } }))
      const marked = accepted(await client.remove(path))
      expect(marked.body).toMatchObject({ kind: 'Widget', metadata: { deletionGracePeriodSeconds: 0 } })
      expect(generationOf(marked)).toBe(2)
      accepted(await client.mergePatch(path, { metadata: { finalizers: [] } }))
      expect((await client.get(path)).status).toBe(404)
    })
  })
}
