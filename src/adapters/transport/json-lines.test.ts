import { Readable } from 'node:stream'
import { array, assert, asyncProperty, integer } from 'fast-check'
import { expect, test } from 'vitest'
import { jsonLines } from './json-lines.ts'

test('however the bytes are cut, the same values come out', async () => {
  const values = [{ type: 'ADDED', text: 'grün ✓ 🐙' }, { n: 1 }, 'x', null, [1, 2]]
  const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
  const cuts = array(integer({ min: 0, max: bytes.length }), { maxLength: 12 })
  const same = asyncProperty(cuts, async (at) => {
    expect(await read(chunked(bytes, at))).toEqual(values)
  })
  await assert(same)
})

test('a last line without its end counts, and an empty line does not', async () => {
  expect(await read([Buffer.from('1\n\n2')])).toEqual([1, 2])
})

test('a line that is no JSON is undefined, and the next is read', async () => {
  expect(await read([Buffer.from('{"a":\n2\n')])).toEqual([undefined, 2])
})

test('a line without an end does not fill the memory', async () => {
  const chunks = Array.from({ length: 100 }, () => Buffer.alloc(10, 'a'))
  expect(await read(chunks, 64)).toEqual([undefined])
})

function chunked(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.toSorted((left, right) => left - right), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

const read = async (chunks: readonly Buffer[], lineBytesMax?: number): Promise<readonly unknown[]> =>
  await Array.fromAsync(jsonLines(Readable.from(chunks), lineBytesMax === undefined ? {} : { lineBytesMax }))
