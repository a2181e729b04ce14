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

test.each([
  ['waits', { waiting: { reason: 'CrashLoopBackOff' } }, 'CrashLooping'],
  ['runs', { running: { startedAt: '2026-11-21T12:00:00Z' } }, undefined],
])('a container that %s is told by its bytes', (_, state, waiting) => {
  const pod = generatedPod(7)
  const status = { ...(isObject(pod['status']) ? pod['status'] : {}), containerStatuses: [{ name: 'main', state }] }
  const text = textWithout(Buffer.from(JSON.stringify({ ...pod, status })), unreadOf(podKind.unread))
  const parsed: unknown = JSON.parse(text)
  expect(isObject(parsed) && podKind.project(parsed).waiting).toBe(waiting)
})
