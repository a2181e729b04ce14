import { array, assert as hold, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import type { PodNeeds } from '../../api/core/pod-needs.ts'
import { type Berth, Berths, type Leaver, type Placement, place as placeOn } from './placement.ts'

const berth = (name: string, cpu: number, unusual: Partial<Berth> = {}): Berth => ({
  name,
  labels: {},
  taints: [],
  free: { cpu, memory: 1_000, pods: 10 },
  ...unusual,
})
const place = (leavers: readonly Leaver[], berths: readonly Berth[], closed: readonly string[] = []): Placement =>
  placeOn(leavers, new Berths(berths), new Set(closed))
const leaver = (name: string, cpu: number, unusual: Partial<PodNeeds> = {}): Leaver => ({
  name,
  needs: { requests: { cpu }, nodeSelector: {}, terms: [], tolerations: [], ...unusual },
})

test('the largest goes first, so that the small ones fill what is left', () => {
  const leavers = [leaver('small-1', 200), leaver('small-2', 200), leaver('large', 600)]
  expect(place(leavers, [berth('a', 600), berth('b', 400)])).toEqual({
    placed: 3,
    unplaced: [],
    headroomMilliCpu: 0,
  })
})

test('what does not fit is named with what it lacks most, where it lacks least', () => {
  const { unplaced } = place([leaver('big', 900)], [berth('a', 300), berth('b', 700)])
  expect(unplaced).toEqual([{ name: 'big', lacks: 'cpu', shortfall: 200 }])
})

test('a node has room for so many pods, however small', () => {
  const full = berth('a', 9_000, { free: { cpu: 9_000, memory: 1, pods: 1 } })
  expect(place([leaver('x', 1), leaver('y', 1)], [full])).toMatchObject({ placed: 1, unplaced: [{ lacks: 'pods' }] })
})

test('closed berths take nobody, and what is free on them counts for nobody', () => {
  const berths = [berth('a', 900), berth('b', 500), berth('c', 400)]
  expect(place([leaver('p', 450)], berths, ['a'])).toEqual({ placed: 1, unplaced: [], headroomMilliCpu: 450 })
  expect(place([leaver('p', 450)], berths, ['a', 'b', 'gone'])).toEqual({
    placed: 0,
    unplaced: [{ name: 'p', lacks: 'cpu', shortfall: 50 }],
    headroomMilliCpu: 400,
  })
})

test('what is not asked for is not lacking, even on a node that is overcommitted', () => {
  const full = berth('a', 0, { free: { cpu: -200, memory: 1_000, pods: 0 } })
  expect(place([leaver('p', 0)], [full]).unplaced).toEqual([{ name: 'p', lacks: 'pods', shortfall: 1 }])
})

const gpu = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule', timeAdded: undefined }
const term = { requirements: [{ key: 'zone', operator: 'In' as const, values: ['a'] }], names: undefined }

test.each([
  ['a label that the node lacks', leaver('p', 1, { nodeSelector: { pool: 'x' } }), berth('a', 9)],
  ['a zone that the node is not in', leaver('p', 1, { terms: [term] }), berth('a', 9, { labels: { zone: 'b' } })],
  ['a term that asks for nothing', leaver('p', 1, { terms: [{ requirements: [], names: undefined }] }), berth('a', 9)],
  ['another name', leaver('p', 1, { terms: [{ requirements: [], names: ['b'] }] }), berth('a', 9)],
  ['a taint that is not tolerated', leaver('p', 1), berth('a', 9, { taints: [gpu] })],
  [
    'a taint of another value',
    leaver('p', 1, { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'cpu', effect: '' }] }),
    berth('a', 9, { taints: [gpu] }),
  ],
])('%s keeps a pod away', (_, pod, node) => {
  expect(place([pod], [node]).unplaced).toEqual([{ name: 'p', lacks: 'no node that it may run on', shortfall: 0 }])
})

test('what is tolerated, wanted or larger than asked for lets it in', () => {
  const more = { key: 'cores', operator: 'Gt' as const, value: 4 }
  const needs = {
    tolerations: [{ key: 'dedicated', operator: 'Exists' as const, value: '', effect: 'NoSchedule' }],
    terms: [term, { requirements: [more], names: ['a'] }],
  }
  expect(place([leaver('p', 1, needs)], [berth('a', 9, { taints: [gpu], labels: { cores: '8' } })]).placed).toBe(1)
  expect(place([leaver('p', 1, needs)], [berth('a', 9, { taints: [gpu], labels: { cores: '4' } })]).placed).toBe(0)
})

test('nobody is placed twice, and no berth is filled beyond what was free', () => {
  const amounts = array(record({ cpu: integer({ min: 0, max: 500 }) }), { maxLength: 12 })
  hold(
    property(amounts, amounts, (pods, nodes) => {
      const berths = nodes.map(({ cpu }, index) => berth(`n${index}`, cpu))
      const { placed, unplaced, headroomMilliCpu } = place(
        pods.map(({ cpu }, index) => leaver(`p${index}`, cpu)),
        berths,
      )
      const sum = (amounts: readonly { readonly cpu: number }[]) => amounts.reduce((all, { cpu }) => all + cpu, 0)
      const left = new Set(unplaced.map(({ name }) => name))
      const moved = sum(pods.filter((_, index) => !left.has(`p${index}`)))
      expect(placed + unplaced.length).toBe(pods.length)
      expect(headroomMilliCpu).toBe(sum(nodes) - moved)
    }),
  )
})
