import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { at, isObject } from '../../../src/kernel/json.ts'
import { readConfig } from '../../../src/main/operator-config.ts'
import { chartValues } from './values.ts'
import { valuesFile } from './values-file.ts'
import { valuesSchema, withGlobal } from './values-schema.ts'

const schema = valuesSchema(
  z.strictObject({
    replicas: z.int().default(2).describe('How many.'),
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe('Of the pods.')
      .meta({ examples: [{ team: 'nodes' }] }),
    affinity: z.looseObject({}).default({}).describe('Where to.'),
    limits: z
      .object({
        rate: z.int().default(3).describe('A minute.'),
        burst: z
          .int()
          .optional()
          .describe('At once.')
          .meta({ examples: [9] }),
      })
      .prefault({})
      .describe('How much, '.repeat(20).trim()),
  }),
)

test('each value stands below what it means, at its default, and what has none is a comment', () => {
  expect(valuesFile(schema)).toBe(`# How many.
replicas: 2

# Of the pods.
labels: {}
  # team: nodes

# Where to.
affinity: {}

# ${'How much, '.repeat(11)}How
# much, ${'How much, '.repeat(8).trim()}
limits:
  # A minute.
  rate: 3
  # At once.
  # burst: 9
`)
  expect(parse(valuesFile(schema))).toEqual({ replicas: 2, labels: {}, affinity: {}, limits: { rate: 3 } })
})

test('a value of which nothing is said is refused', () => {
  const mute = valuesSchema(
    z.strictObject({ image: z.strictObject({ tag: z.string().default('') }).describe('Image.') }),
  )
  expect(() => valuesFile(mute)).toThrow('the value image.tag has no description')
})

test('members that nobody knows are refused wherever members are listed, and keys of maps are free', () => {
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: { limits: { additionalProperties: false }, labels: { additionalProperties: { type: 'string' } } },
  })
})

test('what a parent chart hands down to all is let in', () => {
  expect(withGlobal(schema)).toMatchObject({ properties: { replicas: {}, global: { type: 'object' } } })
})

test('the chart offers every setting that the operator has by itself', () => {
  const offered = valuesSchema(chartValues({ groups: [], policies: [] }))
  const settings = at(offered, 'properties', 'config', 'properties')
  const names = Object.keys(isObject(settings) ? settings : {})
  expect(Object.keys(readConfig(undefined)).filter((name) => !names.includes(name))).toEqual([])
})
