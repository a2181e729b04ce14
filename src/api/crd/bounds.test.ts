import { expect, test } from 'vitest'
import { withBoundsInWords } from './bounds.ts'

test.each([
  [
    { type: 'integer', description: 'How long.', minimum: 0, maximum: 60, default: 5 },
    'How long. From 0 to 60. Default: 5.',
  ],
  [{ type: 'integer', description: 'How often.', minimum: 0 }, 'How often. At least 0.'],
  [{ type: 'string', description: 'Why.', minLength: 1, maxLength: 9 }, 'Why. From 1 to 9 characters.'],
  [{ type: 'string', description: 'Why.', maxLength: 9, default: 'x' }, 'Why. At most 9 characters. Default: x.'],
  [{ type: 'string', description: 'When.', maxLength: 40, format: 'date-time' }, 'When. RFC 3339.'],
  [{ type: 'array', description: 'Which.', maxItems: 8, default: [] }, 'Which. At most 8 entries. Default: none.'],
  [{ type: 'object', description: 'How.', default: {} }, 'How.'],
  [
    { 'x-kubernetes-int-or-string': true, description: 'How many.', default: '20%' },
    'How many. A number, or a percentage such as 20%. Default: 20%.',
  ],
])('%j', (schema, description) => {
  expect(withBoundsInWords(schema)).toMatchObject({ description })
})

test('reaches members, entries and values', () => {
  const leaf = { type: 'integer', description: 'Count.', maximum: 3 }
  const schema = {
    type: 'object',
    properties: { list: { type: 'array', items: leaf }, map: { type: 'object', additionalProperties: leaf } },
  }
  const said = JSON.stringify(withBoundsInWords(schema))
  expect(said.match(/Count\. At most 3\./g)).toHaveLength(2)
})
