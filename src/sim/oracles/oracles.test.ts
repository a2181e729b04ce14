import { describe, expect, test } from 'vitest'
import { annotation } from '../../api/annotations.ts'
import type { JsonObject } from '../../kernel/json.ts'
import type { Change } from '../api-server/api-request.ts'
import type { Happening } from '../checkers/checker.ts'
import { epoch, Loop } from '../loop.ts'
import type { Fault } from '../plan/fault.ts'
import { someProcess } from '../weather/process.fixture.ts'
import { compare } from './compare.ts'
import { Effects } from './effects.ts'

const us = 'operator'

const effectsOf = (...happenings: readonly Happening[]): Effects => {
  const effects = new Effects(us)
  for (const happening of happenings) effects.take(happening)
  return effects
}

const changed = (plural: string, change: Partial<Change>, user = us): Happening => ({
  kind: 'Changed',
  change: {
    type: 'MODIFIED',
    group: '',
    plural,
    kind: '',
    object: {},
    request: { verb: 'patch', user, subresource: '' },
    ...change,
  },
})

const node = (name: string, isCordoned: boolean): JsonObject => ({
  metadata: { name, annotations: isCordoned ? { [annotation.cordonedByRun]: 'u' } : {} },
})

const cordoned = (name: string, user = us): Happening =>
  changed('nodes', { previous: node(name, false), object: node(name, true) }, user)

const powered = (machine: string): Happening => ({
  kind: 'World',
  event: { kind: 'MachineBecame', machine, state: 'Off', bootID: '' },
})

const pod = (name: string, ending = false): JsonObject => ({
  metadata: {
    namespace: 'shop',
    name,
    ...(ending ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    ownerReferences: [{ kind: 'ReplicaSet', name: 'web', uid: 'w', controller: true }],
  },
  spec: { nodeName: 'node-1' },
})

const evicted = (name: string): Happening =>
  changed('pods', {
    previous: pod(name),
    object: pod(name, true),
    request: { verb: 'create', user: us, subresource: 'eviction' },
  })

const met = (...faults: readonly Fault[]): ReadonlyMap<Fault, number> => new Map(faults.map((fault) => [fault, 1]))

describe('the oracle of counts', () => {
  test('the right sum on the wrong node is wrong', () => {
    expect(compare(effectsOf(powered('node-1')), effectsOf(powered('node-1')), met())).toBe(undefined)
    expect(compare(effectsOf(powered('node-2')), effectsOf(powered('node-1')), met())).toBe(
      'PowerOff of node-2 1 times, 0 without a fault',
    )
  })

  test('once more, and once less: neither is the same', () => {
    const twice = effectsOf(cordoned('node-1'), cordoned('node-1'))
    const once = effectsOf(cordoned('node-1'))
    expect(compare(twice, once, met())).toBe('Cordon of node-1 2 times, 1 without a fault')
    expect(compare(effectsOf(), once, met())).toBe('Cordon of node-1 0 times, 1 without a fault')
  })

  test('what others do to objects is not ours', () => {
    expect(effectsOf(cordoned('node-1', 'somebody')).whom('Cordon')).toEqual([])
  })

  test('a claim is counted by its node, and once, however often its deletion is asked for', () => {
    const claim = { metadata: { name: 'burst-1' }, status: { nodeName: 'burst-node-1' } }
    const ending = { ...claim, metadata: { ...claim.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    const deletions = effectsOf(
      changed('nodeclaims', { previous: claim, object: ending }),
      changed('nodeclaims', { previous: ending, object: ending }),
      changed('nodeclaims', { previous: ending, object: ending, type: 'DELETED' }),
    )
    expect(deletions.of('ClaimDeletion', 'burst-node-1')).toBe(1)
  })
})

const granted = (name: string, uid: string): Happening => ({
  kind: 'Served',
  served: {
    by: someProcess(new Loop()),
    number: 1,
    request: {
      method: 'POST',
      lane: 'Request',
      path: `/api/v1/namespaces/shop/pods/${name}/eviction`,
      body: { deleteOptions: { preconditions: { uid } } },
      timeoutMs: 1,
    },
    sentAt: epoch,
    status: 201,
    response: { status: 201, headers: {}, body: undefined },
  },
})

describe('tolerated of evictions', () => {
  test('fewer of them, and never one pod more of an owner on a node', () => {
    const [two, one] = [effectsOf(evicted('web-a'), evicted('web-b')), effectsOf(evicted('web-a'))]
    expect(compare(one, two, met())).toBe(undefined)
    expect(compare(two, one, met('ResponseLost'))).toBe(
      'Eviction of ReplicaSet shop/web on node-1 2 times, 1 without a fault',
    )
  })

  test('one repeated because its answer was lost, and not because of anything else', () => {
    const repeated = effectsOf(granted('web-a', 'u'), granted('web-a', 'u'))
    const once = effectsOf(granted('web-a', 'u'))
    expect(compare(repeated, once, met('ResponseLost'))).toBe(undefined)
    expect(compare(repeated, once, met('KilledAfter'))).toBe(undefined)
    expect(compare(repeated, once, met('Throttled'))).toMatch(/^RepeatedEviction of .* 1 times, 0 without a fault$/)
  })

  test('a pod that came back under its name is another one', () => {
    const reborn = effectsOf(granted('db-1', 'u'), granted('db-1', 'v'))
    expect(reborn.whom('RepeatedEviction')).toEqual([])
  })
})
