import { beforeAll, describe, expect, test } from 'vitest'
import { accepted, causesOf, failure } from '../answers.ts'
import { type Definition, installed, widgetDefinition } from '../definitions.ts'
import { type Fields, fresh } from '../objects.ts'
import type { Target } from '../target.ts'

const text: Fields = { type: 'string' }

const specSchema: Fields = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 9 },
    above: { type: 'integer', minimum: 0, exclusiveMinimum: true },
    below: { type: 'number', maximum: 1, exclusiveMaximum: true },
    step: { type: 'number', multipleOf: 0.5 },
    name: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
    color: { type: 'string', enum: ['red', 'blue'] },
    time: { type: 'string', format: 'date-time' },
    flag: { type: 'boolean' },
    list: { type: 'array', minItems: 1, maxItems: 2, items: text },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
    keyed: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['key'],
      items: { type: 'object', required: ['key'], properties: { key: text, value: text } },
    },
    map: { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: { type: 'integer' } },
    one: { type: 'object', properties: { a: text, b: text }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    some: { type: 'object', properties: { a: text, b: text }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
    never: { type: 'object', properties: { a: text }, not: { required: ['a'] } },
    all: { type: 'integer', allOf: [{ minimum: 2 }, { maximum: 3 }] },
  },
}

export function crdValidationCases({ client }: Target): void {
  describe('validation by schema', () => {
    let widgets: Definition
    beforeAll(async () => {
      widgets = await installed(client, widgetDefinition(specSchema))
    })
    const create = (spec: unknown) => client.create(widgets.path, widgets.object(fresh('widget'), spec))

    test.each<[Fields, string, string]>([
      [
        { size: 0 },
        'FieldValueInvalid spec.size',
        'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
      ],
      [
        { size: 10 },
        'FieldValueInvalid spec.size',
        'spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9',
      ],
      [
        { size: '1' },
        'FieldValueTypeInvalid spec.size',
        'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      ],
      [
        { size: 1.5 },
        'FieldValueTypeInvalid spec.size',
        'spec.size: Invalid value: "number": spec.size in body must be of type integer: "number"',
      ],
      [{}, 'FieldValueRequired spec.size', 'spec.size: Required value'],
      [{ size: 1, above: 0 }, 'FieldValueInvalid spec.above', 'spec.above in body should be greater than 0'],
      [{ size: 1, below: 1 }, 'FieldValueInvalid spec.below', 'spec.below in body should be less than 1'],
      [
        { size: 1, step: 0.3 },
        'FieldValueInvalid spec.step',
        'spec.step: Invalid value: 0.3: spec.step in body should be a multiple of 0.5',
      ],
      [
        { size: 1, name: 'a' },
        'FieldValueInvalid spec.name',
        'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long',
      ],
      [{ size: 1, name: 'abcde' }, 'FieldValueTooLong spec.name', 'spec.name: Too long: may not be more than 4 bytes'],
      [
        { size: 1, name: 'AB' },
        'FieldValueInvalid spec.name',
        'spec.name: Invalid value: "AB": spec.name in body should match \'^[a-z]+$\'',
      ],
      [
        { size: 1, color: 'green' },
        'FieldValueNotSupported spec.color',
        'spec.color: Unsupported value: "green": supported values: "red", "blue"',
      ],
      [
        { size: 1, time: 'noon' },
        'FieldValueTypeInvalid spec.time',
        'spec.time: Invalid value: "noon": spec.time in body must be of type date-time: "noon"',
      ],
      [
        { size: 1, flag: 'yes' },
        'FieldValueTypeInvalid spec.flag',
        'spec.flag in body must be of type boolean: "string"',
      ],
      [
        { size: 1, list: [] },
        'FieldValueInvalid spec.list',
        'spec.list: Invalid value: 0: spec.list in body should have at least 1 items',
      ],
      [
        { size: 1, list: ['a', 'b', 'c'] },
        'FieldValueTooMany spec.list',
        'spec.list: Too many: 3: must have at most 2 items',
      ],
      [
        { size: 1, list: [1] },
        'FieldValueTypeInvalid spec.list[0]',
        'spec.list[0] in body must be of type string: "integer"',
      ],
      [{ size: 1, list: 'a' }, 'FieldValueTypeInvalid spec.list', 'spec.list in body must be of type array: "string"'],
      [{ size: 1, set: ['a', 'b', 'a'] }, 'FieldValueDuplicate spec.set[2]', 'spec.set[2]: Duplicate value: "a"'],
      [
        { size: 1, keyed: [{ key: 'a' }, { key: 'a', value: 'x' }] },
        'FieldValueDuplicate spec.keyed[1]',
        'spec.keyed[1]: Duplicate value: {"key":"a"}',
      ],
      [
        { size: 1, keyed: [{ value: 'x' }] },
        'FieldValueRequired spec.keyed[0].key',
        'spec.keyed[0].key: Required value',
      ],
      [{ size: 1, map: {} }, 'FieldValueInvalid spec.map', 'spec.map in body should have at least 1 properties'],
      [
        { size: 1, map: { a: 1, b: 2, c: 3 } },
        'FieldValueTooMany spec.map',
        'spec.map: Too many: 3: must have at most 2 items',
      ],
      [
        { size: 1, map: { a: 'x' } },
        'FieldValueTypeInvalid spec.map.a',
        'spec.map.a in body must be of type integer: "string"',
      ],
      [
        { size: 1, one: { a: 'x', b: 'y' } },
        'FieldValueInvalid <nil>',
        '"spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
      [
        { size: 1, one: {} },
        'FieldValueInvalid <nil>',
        '"spec.one" must validate one and only one schema (oneOf). Found none valid',
      ],
      [{ size: 1, some: {} }, 'FieldValueInvalid <nil>', '"spec.some" must validate at least one schema (anyOf)'],
      [{ size: 1, never: { a: 'x' } }, 'FieldValueInvalid <nil>', '"spec.never" must not validate the schema (not)'],
      [{ size: 1, all: 4 }, 'FieldValueInvalid spec.all', 'spec.all in body should be less than or equal to 3'],
    ])('%j: 422', async (spec, cause, message) => {
      const answer = await create(spec)
      expect(failure(answer)).toMatch(new RegExp(`^422 Invalid: Widget\\.${widgets.group} "widget-[^"]+" is invalid: `))
      expect(causesOf(answer)).toContain(cause)
      expect(failure(answer)).toContain(message)
    })

    test.each<[Fields]>([
      [
        {
          size: 9,
          above: 1,
          below: 0.5,
          step: 1.5,
          name: 'abc',
          color: 'blue',
          time: '2026-01-01T00:00:00Z',
          flag: false,
        },
      ],
      [{ size: 1, list: ['a', 'a'], set: ['a', 'b'], keyed: [{ key: 'a' }, { key: 'b' }], map: { a: 1 } }],
      [{ size: 1, one: { b: 'x' }, some: { a: 'x', b: 'y' }, never: {}, all: 2 }],
      [{ size: 1, time: '2026-01-01T00:00:00.123+01:00' }],
    ])('%j: accepted', async (spec) => {
      expect(accepted(await create(spec)).body).toMatchObject({ spec })
    })

    test('every fault is told', async () => {
      const answer = await create({ size: 0, name: 'a', above: -1 })
      expect(causesOf(answer).toSorted()).toEqual([
        'FieldValueInvalid spec.above',
        'FieldValueInvalid spec.name',
        'FieldValueInvalid spec.size',
      ])
    })

    test('a missing spec with required members is no fault: spec itself is not required', async () => {
      expect((await create(undefined)).status).toBe(201)
    })

    test('names and metadata are checked like those of built-in kinds', async () => {
      const answer = await client.create(widgets.path, widgets.object('Not_A_Name', { size: 1 }))
      expect(causesOf(answer)).toEqual(['FieldValueInvalid metadata.name'])
    })

    test('a patch is validated as a whole', async () => {
      const name = fresh('widget')
      accepted(await client.create(widgets.path, widgets.object(name, { size: 1 })))
      expect(causesOf(await client.mergePatch(`${widgets.path}/${name}`, { spec: { size: null } }))).toContain(
        'FieldValueRequired spec.size',
      )
    })
  })
}
