import { array, assert, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { JsonStream } from './json-stream.ts'

const events = [
  { type: 'ADDED', object: { metadata: { name: 'a' }, list: [{}, { x: '}\n{' }] } },
  { type: 'MODIFIED', object: {} },
]
const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')

test('objects come out whole, however the output is cut', () => {
  assert(
    property(array(nat(text.length), { maxLength: 6 }), (cuts) => {
      const stream = new JsonStream()
      const bounds = [0, ...cuts.toSorted((left, right) => left - right), text.length]
      const chunks = bounds.slice(1).map((end, index) => text.slice(bounds[index], end))
      expect(chunks.flatMap((chunk) => stream.push(chunk))).toEqual(events)
    }),
  )
})
