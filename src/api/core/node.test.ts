import { expect, test } from 'vitest'
import { nodeKind } from './node.ts'

test('of what a node wrote without end only so much is kept as a condition of the API may hold', () => {
  const [reason, message] = ['r'.repeat(100_000), 'task '.repeat(200_000)]
  const raw = { metadata: { name: 'node-1' }, status: { conditions: [{ type: 'KernelDeadlock', reason, message }] } }
  const [condition] = nodeKind.project(raw).conditions
  expect(condition).toMatchObject({ reason: reason.slice(0, 1_024), message: message.slice(0, 32_768) })
})
