import { type Arbitrary, array, constantFrom, integer, jsonValue, nat, oneof, record, string, tuple } from 'fast-check'
import { isObject } from '../../src/kernel/json.ts'

/**
 * Texts that nearly are what is expected, which is where readers break: a document of the right kind, some of whose parts were put
 * out, doubled, or replaced by what nobody expects; and then the text of it, cut or spoilt in places.
 */
export const mangledJson = (documents: Arbitrary<unknown>): Arbitrary<string> =>
  oneof(
    { weight: 12, arbitrary: tuple(documents, array(wound, { maxLength: 4 })).map(woundedText) },
    {
      weight: 6,
      arbitrary: tuple(documents, array(wound, { maxLength: 2 }), scratches).map(([document, wounds, scratched]) =>
        scratchedText(woundedText([document, wounds]), scratched),
      ),
    },
    { weight: 1, arbitrary: jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 200 }) },
  )

/** The same for texts of a language. */
export const mangledText = (texts: Arbitrary<string>, lengthMax: number): Arbitrary<string> =>
  tuple(texts, scratches).map(([text, scratched]) => scratchedText(text, scratched).slice(0, lengthMax))

/** What a reader may not reckon with, though it is JSON. */
const oddities: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1e308,
  -1e308,
  2 ** 53,
  [],
  {},
  [[]],
  [null],
  { toString: 1, valueOf: 1 },
  JSON.parse('{"__proto__": {"labels": {}}, "constructor": 1}'),
  { length: -1 },
  '__proto__',
  'NaN',
  '+Inf',
  '1e999',
  '0x10',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '+275760-09-13T00:00:00.000Z',
  '2026-02-30T25:61:61Z',
  'yesterday',
  '\u0000\u001b[31m\u202e',
  '\ud800',
  '\u{1f525}'.repeat(300),
  'x'.repeat(5_000),
  '$&$1\\'.repeat(50),
  '['.repeat(200),
]

interface Wound {
  readonly where: number
  readonly how: 'Replace' | 'Drop' | 'Double' | 'Wrap' | 'Many'
  readonly by: unknown
}

const wound: Arbitrary<Wound> = record({
  where: nat(10_000),
  how: constantFrom('Replace', 'Replace', 'Replace', 'Drop', 'Double', 'Wrap', 'Many'),
  by: oneof({ weight: 3, arbitrary: constantFrom(...oddities) }, { weight: 1, arbitrary: jsonValue({ maxDepth: 3 }) }),
})

const woundedText = ([document, wounds]: readonly [unknown, readonly Wound[]]): string =>
  JSON.stringify(wounds.reduce(wounded, document)) ?? ''

function wounded(document: unknown, { where, how, by }: Wound): unknown {
  const paths = pathsOf(document, [])
  return replaced(document, paths[where % paths.length] ?? [], (part) => {
    switch (how) {
      case 'Drop':
        return undefined
      case 'Double':
        return [part, part]
      case 'Wrap':
        return { value: part }
      case 'Many':
        return Array.from({ length: 50 }, () => part)
      default:
        return by
    }
  })
}

type Path = readonly (string | number)[]

/** Every place in it, itself first. */
function pathsOf(value: unknown, here: Path): readonly Path[] {
  const keys = Array.isArray(value) ? [...value.keys()] : isObject(value) ? Object.keys(value) : []
  return [here, ...keys.flatMap((key) => pathsOf(childOf(value, key), [...here, key]))]
}

const childOf = (value: unknown, key: string | number): unknown =>
  Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined

function replaced(value: unknown, [key, ...rest]: Path, change: (part: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  const child = replaced(childOf(value, key), rest, change)
  if (Array.isArray(value)) return value.with(Number(key), child)
  // Not by assignment, which would set the prototype where the key says so.
  return isObject(value) ? Object.fromEntries([...Object.entries(value), [key, child]]) : value
}

interface Scratch {
  readonly from: number
  readonly length: number
  readonly how: 'Cut' | 'Insert' | 'Repeat' | 'End'
  readonly by: string
}

const scraps = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  ':',
  ';',
  '$',
  '\n',
  '\u0000',
  '\ud800',
  '\u2028',
  "'",
  '`',
  '#',
]

const scratch: Arbitrary<Scratch> = record({
  from: nat(5_000),
  length: integer({ min: 1, max: 40 }),
  how: constantFrom('Cut', 'Insert', 'Repeat', 'End'),
  by: oneof(constantFrom(...scraps), string({ unit: 'binary', maxLength: 8 })),
})

const scratches: Arbitrary<readonly Scratch[]> = array(scratch, { maxLength: 4 })

const scratchedText = (text: string, scratched: readonly Scratch[]): string => scratched.reduce(scratchedOnce, text)

function scratchedOnce(text: string, { from: anywhere, length, how, by }: Scratch): string {
  const from = anywhere % (text.length + 1)
  const [before, piece, after] = [text.slice(0, from), text.slice(from, from + length), text.slice(from + length)]
  switch (how) {
    case 'Cut':
      return before + after
    case 'Insert':
      return before + by.repeat(length) + piece + after
    case 'Repeat':
      return before + piece.repeat(length) + after
    default:
      return before
  }
}
