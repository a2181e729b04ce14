import { expect, test } from 'vitest'
import { z } from 'zod'
import { intOrPercent } from '../v1alpha1/schema.ts'
import { toStructural } from './structural.ts'

const member = (schema: z.ZodType) => toStructural(z.object({ member: schema }))

test('an enum has a type, a record has additionalProperties', () => {
  expect(
    toStructural(z.object({ mode: z.enum(['A', 'B']), labels: z.record(z.string(), z.string().max(63)) })),
  ).toEqual({
    type: 'object',
    properties: {
      mode: { type: 'string', enum: ['A', 'B'] },
      labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63 } },
    },
    required: ['mode', 'labels'],
  })
})

test('the bounds of a safe integer are not printed, those of the author are', () => {
  expect(toStructural(z.int())).toEqual({ type: 'integer' })
  expect(toStructural(z.int().min(1).max(9))).toEqual({ type: 'integer', minimum: 1, maximum: 9 })
  expect(toStructural(z.number().gt(0))).toEqual({ type: 'number', minimum: 0, exclusiveMinimum: true })
})

test('defaults make a member optional, and nested ones begin with an empty object', () => {
  const limits = z.object({ max: z.int().min(1).default(3) }).prefault({})
  expect(toStructural(z.object({ limits }))).toEqual({
    type: 'object',
    properties: {
      limits: { type: 'object', default: {}, properties: { max: { type: 'integer', minimum: 1, default: 3 } } },
    },
  })
})

test('what has no schema is kept as it is', () => {
  expect(toStructural(z.object({ member: z.unknown() }))).toMatchObject({
    properties: { member: { 'x-kubernetes-preserve-unknown-fields': true } },
  })
})

test('a count or a percentage is the one union that Kubernetes knows', () => {
  const schema = toStructural(intOrPercent('How many.'))
  expect(schema).toMatchObject({ description: 'How many.', 'x-kubernetes-int-or-string': true })
  expect(schema).not.toHaveProperty('anyOf')
  expect(schema).not.toHaveProperty('type')
})

test('an object without members has no `properties`', () => {
  expect(toStructural(z.object({}).describe('Nothing.'))).toEqual({ type: 'object', description: 'Nothing.' })
})

test.each([
  ['a union', z.union([z.string(), z.boolean()]), '.member: unions are not structural'],
  [
    'a discriminated union',
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('A') }), z.object({ kind: z.literal('B') })]),
    '.member: a CustomResourceDefinition has no `oneOf`',
  ],
  ['two patterns', z.string().startsWith('a').endsWith('z'), '.member: a CustomResourceDefinition has no `allOf`'],
  ['a look-ahead', z.string().regex(/^(?!node$)/), '.member: RE2 has no look-around'],
  ['a back-reference', z.string().regex(/(a)\1/), '.member: RE2 has no look-around and no back-references'],
  ['a flag', z.string().regex(/^a$/i), 'the flags of /^a$/i would be lost'],
  ['an id', z.string().meta({ id: 'Name' }), 'a CustomResourceDefinition has no `definitions`'],
  ['examples', z.string().meta({ examples: ['a'] }), '.member: a CustomResourceDefinition has no `examples`'],
  ['readOnly', z.string().readonly().meta({ readOnly: true }), '.member: a CustomResourceDefinition has no `readOnly`'],
  ['a strict object', z.strictObject({}), 'no `additionalProperties: false`'],
  ['a loose object with members', z.looseObject({ a: z.string() }), '`properties` and `additionalProperties` exclude'],
  [
    'a default that skips the defaults within',
    z.object({ a: z.int().default(1) }).default({ a: 1 }),
    'use .prefault()',
  ],
  ['a tuple', z.tuple([z.string()]), '.member'],
  ['a date', z.date(), 'Date'],
])('refuses %s', (_, schema, message) => {
  expect(() => member(schema)).toThrow(message)
})
