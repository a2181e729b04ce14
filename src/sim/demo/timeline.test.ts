import { expect, test } from 'vitest'
import { later, seconds } from '../../kernel/time.ts'
import { epoch } from '../loop.ts'
import { offset, Timeline } from './timeline.ts'

function telling(): { readonly timeline: Timeline; readonly said: string[]; readonly pass: (ms: number) => void } {
  let now = epoch
  const said: string[] = []
  return {
    timeline: new Timeline({ now: () => now, say: (text) => said.push(text) }),
    said,
    pass: (ms) => {
      now = later(now, ms)
    },
  }
}

test('a mark counts once, and time counts from the first', () => {
  const { timeline, said, pass } = telling()
  pass(seconds(9))
  timeline.mark('begin', 'it begins')
  pass(seconds(2))
  timeline.mark('end', 'it ends')
  timeline.mark('begin', 'it begins again')
  expect(said).toEqual(['it begins', 'it ends'])
  expect(timeline.entries.map(({ atMs }) => atMs)).toEqual([0, 2_000])
  expect(timeline.lengthMs).toBe(2_000)
})

test('a story in order has no disorder; what is missing or swapped is named', () => {
  const { timeline } = telling()
  for (const mark of ['one', 'three', 'two']) timeline.mark(mark, mark)
  expect(timeline.disorder(['one', 'two'])).toEqual([])
  expect(timeline.disorder(['one', 'two', 'three'])).toEqual(['three came before two'])
  expect(timeline.disorder(['one', 'four'])).toEqual(['it never came to: four'])
})

test('offsets are aligned', () => {
  expect([offset(0), offset(3_249), offset(71_950)]).toEqual(['   0.0s', '   3.2s', '  72.0s'])
})
