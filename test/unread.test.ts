import { expect, test } from 'vitest'
import { textWithout, unreadOf } from '../src/adapters/transport/unread.ts'
import { podKind } from '../src/api/core/pod.ts'
import { isObject } from '../src/kernel/json.ts'
import { generatedPod } from './bench/cache/generated-pods.ts'

test('what a pod is to us does not depend on what we say that we do not read', () => {
  const bytes = Buffer.from(JSON.stringify(generatedPod(7)))
  const text = textWithout(bytes, unreadOf(['managedFields', ...(podKind.unread ?? [])]))
  const parsed: unknown = JSON.parse(text)
  // What its containers ask for is read; the rest of them is not.
  expect(text.length).toBeLessThan(bytes.length / 2)
  expect(isObject(parsed) && podKind.project(parsed)).toEqual(podKind.project(generatedPod(7)))
})
