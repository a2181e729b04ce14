import { expect, test } from 'vitest'
import { type NodeClaim, nodeClaimKind } from '../../api/core/kinds.ts'
import { nodeKind } from '../../api/core/node.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { policySpec } from '../policy/prepared-policy.fixture.ts'
import { type CapacityView, capacityThere, growingPool, sparesAmong } from './capacity-there.ts'

const share = (healthy: number) => ({ selected: 5, healthy, faults: 1, loads: 0 })
const figures = (healthy: number) => ({ kind: 'Known', policy: share(healthy), cluster: share(healthy) }) as const
const node = (ready: string, unschedulable = false) =>
  nodeKind.project({
    metadata: { name: 'n' },
    spec: { unschedulable },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  })
const claim = (name: string, nodePool = 'default'): NodeClaim => ({
  ...nodeClaimKind.project({ metadata: { name } }),
  nodePool,
})
const rung = (drain: JsonObject) =>
  policySpec({ treatments: [{ name: 'power-cycle', powerCycle: {}, drain }] }).treatments[0]
const placement = { placed: 2, unplaced: [{ name: 'web/a', lacks: 'memory', shortfall: 512 }], headroomMilliCpu: 100 }

const answer = (unusual: Partial<CapacityView>) =>
  capacityThere({
    node: node('True'),
    policyName: 'general',
    minHealthy: 2,
    figures: figures(3),
    promised: 0,
    treatment: rung({}),
    room: { kind: 'Known', placement: { ...placement, unplaced: [] }, growingPool: undefined },
    spare: undefined,
    ...unusual,
  })

test('2 of 3 may stay Ready and schedulable where minHealthy is 2; 1 may not', () => {
  expect(answer({})).toMatchObject({ result: 'Pass', numbers: { healthyLeft: 2, minHealthy: 2 } })
  expect(answer({ figures: figures(2) })).toMatchObject({ result: 'Hold', reason: 'TooFewHealthy' })
})

test('a node that does not serve takes nothing away by its cordon', () => {
  expect(answer({ figures: figures(2), node: node('False') }).result).toBe('Pass')
  expect(answer({ figures: figures(2), node: node('True', true) }).result).toBe('Pass')
})

test('runs that have just begun count as if they had cordoned', () => {
  expect(answer({ promised: 1 }).reason).toBe('TooFewHealthy')
})

test('pods without a place hold, unless their pool brings one, or the rung moves no pods', () => {
  const room = { kind: 'Known', placement, growingPool: undefined } as const
  expect(answer({ room })).toMatchObject({
    reason: 'InsufficientCapacity',
    message: '1 of 3 pods would not fit on other nodes: web/a (memory is short by 512 bytes)',
  })
  expect(answer({ room: { ...room, growingPool: 'burst' } })).toMatchObject({
    result: 'Pass',
    message: expect.stringContaining('pool burst brings a node like this one'),
  })
  expect(answer({ room, treatment: rung({ mode: 'Skip' }) }).result).toBe('Pass')
  expect(answer({ room, treatment: rung({ mode: 'SkipIfNotReady' }) }).result).toBe('Hold')
  expect(answer({ room, treatment: rung({ mode: 'SkipIfNotReady' }), node: node('Unknown') }).result).toBe('Pass')
})

test('where the policy asks for spare nodes, the loss of so many more has to find a place as well', () => {
  const after = (unplaced: typeof placement.unplaced) => ({
    asked: 2,
    lost: ['node-7', 'node-9'],
    placement: { ...placement, unplaced },
  })
  expect(answer({ spare: after([]) })).toMatchObject({
    result: 'Pass',
    message: '2 pods fit on other nodes, 100m of CPU stay free; so do those of node-7 and node-9, should they be lost',
  })
  const short = after(placement.unplaced)
  expect(answer({ spare: short })).toMatchObject({
    reason: 'InsufficientCapacity',
    message:
      'after this drain the loss of node-7 and node-9 would leave 1 of 3 pods without a place: ' +
      'web/a (memory is short by 512 bytes); spareNodes is 2',
    numbers: { spareNodes: 2, unplaced: 1 },
    unblockedBy: 'more capacity, or a smaller spareNodes',
  })
  const room = { kind: 'Known', placement: { ...placement, unplaced: [] }, growingPool: 'burst' } as const
  expect(answer({ spare: short, room }).result).toBe('Pass')
  expect(answer({ spare: short, treatment: rung({ mode: 'Skip' }) }).result).toBe('Pass')
})

test('only a node with one claim, and that of a pool, comes back: the others are those whose loss is counted', () => {
  const claims: Readonly<Record<string, readonly NodeClaim[]>> = {
    rented: [claim('one')],
    static: [claim('one', '')],
    doubtful: [claim('one'), claim('two')],
  }
  const nodes = ['rented', 'static', 'doubtful', 'iron'].map((name) => nodeKind.project({ metadata: { name } }))
  const spares = sparesAmong(nodes, (name) => claims[name] ?? [])
  expect(spares.map(({ metadata }) => metadata.name)).toEqual(['static', 'doubtful', 'iron'])
  expect(growingPool([claim('one')])).toBe('default')
})

test('what could not be counted is Unknown', () => {
  expect(answer({ figures: { kind: 'Doubtful', message: 'half a list' } })).toMatchObject({
    result: 'Unknown',
    reason: 'CapacityUnknown',
  })
  expect(answer({ room: { kind: 'Unknown', message: 'pods are missing' } }).result).toBe('Unknown')
})
