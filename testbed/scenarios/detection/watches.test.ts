import { expect, test } from 'vitest'
import type { Seen } from '../../scenario/object-watch.ts'
import { countAt, signalWord } from './watches.ts'

const seen = (at: number, uid: string, { count = 1, node = 'oom-kills' } = {}): Seen => ({
  at,
  type: 'MODIFIED',
  object: { metadata: { uid }, involvedObject: { name: node }, reason: 'NodeOOM', count },
})
const of = { node: 'oom-kills', reason: 'NodeOOM' }

test('events are counted as they stood at the moment, those that were joined by what they count', () => {
  const history = [
    seen(1, 'a'),
    seen(2, 'a', { count: 3 }),
    seen(3, 'b'),
    seen(3, 'c', { count: 9, node: 'other' }),
    seen(4, 'b', { count: 2 }),
  ]
  expect([0, 1, 2, 3, 4].map((moment) => countAt(history, moment, of))).toEqual([0, 1, 3, 4, 5])
})

test('a signal goes by the word of its source', () => {
  expect(signalWord({ signal: { nodeCondition: { type: 'KernelDeadlock', status: 'True' } } })).toBe('KernelDeadlock')
  expect(signalWord({ signal: { alert: { name: 'NodeCPUHot' } } })).toBe('NodeCPUHot')
  expect(signalWord({ signal: { lease: { silentSeconds: 20 } } })).toBe('lease')
})
