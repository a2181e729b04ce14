import { anything, array, assert, constantFrom, dictionary, letrec, oneof, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { isObject } from '../../kernel/json.ts'
import { textWithout, unreadOf } from './unread.ts'

const names = ['managedFields', 'containers']

/** JSON in which the names turn up everywhere: as members, as values, and with quotes and backslashes around them. */
const { value } = letrec<{ value: unknown; scalar: unknown; name: string }>((tie) => ({
  value: oneof(
    { maxDepth: 4 },
    tie('scalar'),
    array(tie('value'), { maxLength: 4 }),
    dictionary(tie('name'), tie('value'), { maxKeys: 4 }),
  ),
  scalar: oneof(text(), constantFrom(null, true, 1, -2.5)),
  name: text(),
}))

function text() {
  return oneof(
    constantFrom(...names, '"containers', '"containers":[', '\\', '{"containers":[{', 'ü✓🐙', ',"managedFields"'),
    string({ maxLength: 5 }),
  )
}

test('whatever the JSON, the lists and objects of these members are null, and everything else is as it was', () => {
  const holds = property(value, (original) => {
    const bytes = Buffer.from(JSON.stringify(original))
    expect(JSON.parse(textWithout(bytes, unreadOf(names)))).toEqual(cleared(JSON.parse(bytes.toString())))
  })
  assert(holds, { numRuns: 2_000 })
})

test('a member in which the text stands is read all the same, and the next one is not', () => {
  const text =
    '{"a":{"containers":[{"waiting":{"b":[1]}},{"running":{}}],"containers":[{"running":{}}]},"containers":[]}'
  const unread = unreadOf([{ name: 'containers', unless: '"waiting":' }])
  const expected = text.replace('"containers":[{"running":{}}]', '"containers":null').replace(':[]', ':null')
  expect(textWithout(Buffer.from(text), unread)).toBe(expected)
})

test('what is no JSON does not become any, and does not hang', () => {
  const bytes = Buffer.from('{"containers":[{"a":"b\\')
  expect(() => JSON.parse(textWithout(bytes, unreadOf(names)))).toThrow(SyntaxError)
})

test('without names the text is what it is', () => {
  const holds = property(anything(), (thing) => {
    const written = JSON.stringify(thing) ?? 'null'
    expect(textWithout(Buffer.from(written), unreadOf())).toBe(written)
  })
  assert(holds)
})

function cleared(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(cleared)
  if (!isObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, member]) => [
      name,
      names.includes(name) && typeof member === 'object' ? null : cleared(member),
    ]),
  )
}
