import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Definition } from '../../src/api/crd/definition.ts'
import { definitions } from '../../src/api/crd/definitions.ts'
import { withRules } from '../../src/api/v1alpha1/schema.ts'
import { schemaOffences } from './lint.ts'

const definition = (spec: z.ZodType): Definition => ({
  names: { kind: 'Thing', plural: 'things' },
  shortNames: [],
  description: 'A thing.',
  spec,
  status: undefined,
  rules: [],
  columns: [],
  selectableFields: [],
})

const offencesOf = (member: z.ZodType): readonly string[] => schemaOffences(definition(z.object({ member })))

test('our own kinds offend nobody', () => {
  expect(definitions.flatMap(schemaOffences)).toEqual([])
})

test.each([
  ['a field without a description', z.boolean(), 'Thing.member: has no description'],
  ['a string without a bound', z.string().describe('Text.'), 'Thing.member: has no `maxLength`'],
  ['a list without a bound', z.array(z.boolean()).describe('List.'), 'Thing.member: has no `maxItems`'],
  [
    'a list of strings without a bound',
    z.array(z.string()).max(3).describe('List.'),
    'Thing.member[]: has no `maxLength`',
  ],
  ['a map without a bound', z.record(z.string(), z.boolean()).describe('Map.'), 'Thing.member: has no `maxProperties`'],
  ['a raw pattern', z.string().regex(/^a$/).max(9).describe('Text.'), 'Thing.member: people would read a pattern'],
  [
    'a rule whose message does not help',
    withRules(z.boolean().describe('Flag.'), { rule: 'self', message: 'wrong' }),
    'Thing.member: a rule must have a message that says what is allowed',
  ],
])('%s', (_, member, offence) => {
  expect(offencesOf(member)).toEqual([expect.stringContaining(offence)])
})

test('a column that is doubled, or no word', () => {
  const column = { name: 'Max Load', type: 'string', jsonPath: '.spec.a', description: 'A.', wide: false } as const
  const offences = schemaOffences({
    ...definition(z.object({})),
    columns: [column, { ...column, name: 'A' }, { ...column, name: 'A' }],
  })
  expect(offences).toEqual([
    'things.prunella.dev: the column Max Load is doubled or no word',
    'things.prunella.dev: the column A is doubled or no word',
  ])
})
