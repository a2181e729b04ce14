import { expect, test } from 'vitest'
import type { Taint } from '../../api/core/node.ts'
import { surroundings } from '../surroundings/surroundings.fixture.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { decide } from './decide.ts'
import { commandsOf } from './decision.fixture.ts'
import {
  bmc,
  cordoned,
  meta,
  observation,
  overdue,
  pod,
  present,
  run,
  runSpec,
  sickNode,
  slotHeld,
  steps,
  treating,
} from './observation.fixture.ts'
import type { Observation } from './observation.ts'

const taints: readonly Taint[] = [
  { key: 'ToBeDeletedByClusterAutoscaler', value: '', effect: 'NoSchedule', timeAdded: undefined },
]
const look = (unusual: Partial<Observation>) => decide(observation({ ...slotHeld, ...unusual }))
const around = (unusual: Partial<Observation['around']>) => ({ around: { ...observation().around, ...unusual } })

test.each([
  ['Claiming', { step: steps.claiming, ledger: observation().ledger }],
  ['Cordoning', { step: steps.cordoning }],
] as const)('in %s a node that somebody else has taken ends the run, and nothing is done to it', (_, unusual) => {
  expect(look({ ...unusual, ...present(sickNode({ taints })) })).toMatchObject({
    kind: 'Move',
    next: { name: 'Releasing', outcome: 'OtherActorActive' },
    message: expect.stringContaining('ClusterAutoscalerActive'),
  })
})

test('a cordon of somebody else, set between the start and ours, is left as it is', () => {
  expect(look({ step: steps.cordoning, ...present(sickNode({ unschedulable: true })) })).toMatchObject({
    next: { outcome: 'OtherActorActive' },
  })
})

test('after our cordon the run holds: no pod is evicted, nothing is treated', () => {
  const draining = look({ step: steps.draining, ...cordoned({ taints }), pods: [pod('a')] })
  expect(draining).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'ClusterAutoscalerActive' } })
  expect(commandsOf(look({ step: steps.draining, ...cordoned({ taints }) }))).toEqual([])
  expect(commandsOf(look({ step: treating(), ...cordoned({ taints }) }))).toEqual([])
  const cycling = { step: treating({ stage: 'PoweringOff', rung: 1 }), ...bmc('On') } as const
  expect(commandsOf(look({ ...cycling, ...cordoned() }))).toEqual(['TurnOff'])
  expect(commandsOf(look({ ...cycling, ...cordoned({ taints }) }))).toEqual([])
})

test('at the deadline of the drain people decide', () => {
  expect(look({ step: steps.draining, ...overdue, ...cordoned({ taints }) })).toMatchObject({
    next: { name: 'Quarantined', cause: 'DrainDeadlinePassed' },
  })
})

test('what was switched off is switched on again, whoever else has come', () => {
  const off = { step: treating({ stage: 'PoweringOn', rung: 1 }), ...bmc('Off') } as const
  expect(commandsOf(look({ ...off, ...cordoned({ taints }) }))).toEqual(['TurnOn'])
})

test('of two runs on one node the elder acts', () => {
  const elder = {
    metadata: meta('nr-elder'),
    spec: run().spec,
    status: { conditions: [], gates: [], timeline: [], step: { name: 'Draining', since: '2026-11-21T12:00:00Z' } },
    problem: undefined,
  } as unknown as Observation['around']['elders'][number]
  const claiming = { step: steps.claiming, ledger: observation().ledger, ...around({ elders: [elder] }) }
  expect(look(claiming)).toMatchObject({ kind: 'Stay', commands: [], held: { reason: 'RunInProgress' } })
  expect(commandsOf(look({ ...claiming, ...around({}) }))).toEqual(['ClaimSlot'])
})

test('a node that turned out to be of the control plane, or to bear what we live by, is not touched', () => {
  const labels = { 'node-role.kubernetes.io/control-plane': '' }
  const isMember = present(sickNode({ metadata: meta('node-1', { labels }) }))
  expect(look({ step: steps.cordoning, ...isMember })).toMatchObject({
    commands: [],
    held: { reason: 'ControlPlaneNode' },
  })
  const vital = { ...observation().around.vital, ours: ['the only prometheus, pod monitoring/prometheus-0'] }
  expect(look({ step: steps.cordoning, ...around({ vital }) })).toMatchObject({
    commands: [],
    held: { reason: 'OperatorOnNode' },
  })
})

test('a plan answers what is asked at the start alone, too', () => {
  const planned = (unusual: Partial<Surroundings>) => {
    const whole = surroundings(unusual)
    const decision = look({ run: run({ spec: runSpec({ dryRun: true }) }), ...around({ whole }) })
    return 'plan' in decision ? decision.plan?.gates : undefined
  }
  const gates = planned({ drain: { ...surroundings().drain, unmanaged: ['web/bare'] } }) ?? []
  expect(gates.map(({ gate }) => gate)).toEqual(
    expect.arrayContaining(['WindowOpen', 'CapacityThere', 'DrainFeasible']),
  )
  expect(new Set(gates.map(({ gate }) => gate)).size).toBe(gates.length)
})
