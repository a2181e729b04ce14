import { expect, test } from 'vitest'
import written from './fixtures/written-by-go.json' with { type: 'json' }
import { readProtobufObject } from './read-object.ts'
import { WireError } from './wire.ts'

/** What k8s.io/client-go made of each object: its protobuf, and its JSON. */
test.each(written.map((one) => [`${one.object.apiVersion} ${one.object.kind}`, one] as const))('%s', (_, one) => {
  expect(readProtobufObject(Buffer.from(one.base64, 'base64'))).toEqual(one.object)
})

test('what begins otherwise, or is of an unknown kind, is not read', () => {
  expect(readProtobufObject(Buffer.from('{"kind":"Pod"}'))).toBeUndefined()
  const widget = Buffer.from('6b3873000a0c0a0276311206576964676574', 'hex')
  expect(readProtobufObject(widget)).toBeUndefined()
})

test('what is cut off is refused', () => {
  const pod = Buffer.from(written[0]?.base64 ?? '', 'base64')
  expect(() => readProtobufObject(pod.subarray(0, 60))).toThrow(WireError)
})
